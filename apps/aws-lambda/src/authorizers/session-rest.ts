import { restRequestAuthorizer, restTokenAuthorizer } from '@sallyport/platform-aws-lambda/policy-authorizers'
import { authorizerOf, type AuthorizerHandler } from '../authorizer-handler.ts'
import { sessionChecker } from '../session-checker.ts'

export const handler: AuthorizerHandler = await authorizerOf(
  { 'rest-token': restTokenAuthorizer, 'rest-request': restRequestAuthorizer },
  sessionChecker,
)
