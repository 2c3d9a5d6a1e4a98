import { restRequestAuthorizer, restTokenAuthorizer } from '@sallyport/platform-aws-lambda/policy-authorizers'
import type { AuthorizerHandler } from '../authorizer-handler.ts'
import { sessionChecker } from '../session-checker.ts'
import { leanAuthorizer } from '../lean-authorizer.ts'

export const handler: AuthorizerHandler = await leanAuthorizer(
  'session',
  { 'rest-token': restTokenAuthorizer, 'rest-request': restRequestAuthorizer },
  sessionChecker,
)
