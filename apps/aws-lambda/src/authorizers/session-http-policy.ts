import { httpPolicyAuthorizer } from '@sallyport/platform-aws-lambda/policy-authorizers'
import type { AuthorizerHandler } from '../authorizer-handler.ts'
import { sessionChecker } from '../session-checker.ts'
import { leanAuthorizer } from '../lean-authorizer.ts'

export const handler: AuthorizerHandler = await leanAuthorizer('session', { 'http-policy': httpPolicyAuthorizer }, sessionChecker)
