import { httpSimpleAuthorizer } from '@sallyport/platform-aws-lambda/simple-authorizer'
import type { AuthorizerHandler } from '../authorizer-handler.ts'
import { sessionChecker } from '../session-checker.ts'
import { leanAuthorizer } from '../lean-authorizer.ts'

export const handler: AuthorizerHandler = await leanAuthorizer('session', { 'http-simple': httpSimpleAuthorizer }, sessionChecker)
