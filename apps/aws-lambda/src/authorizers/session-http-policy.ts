import { httpPolicyAuthorizer } from '@sallyport/platform-aws-lambda/policy-authorizers'
import { authorizerOf, type AuthorizerHandler } from '../authorizer-handler.ts'
import { sessionChecker } from '../session-checker.ts'

export const handler: AuthorizerHandler = await authorizerOf({ 'http-policy': httpPolicyAuthorizer }, sessionChecker)
