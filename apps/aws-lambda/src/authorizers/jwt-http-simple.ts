import { httpSimpleAuthorizer } from '@sallyport/platform-aws-lambda/simple-authorizer'
import { authorizerOf, type AuthorizerHandler } from '../authorizer-handler.ts'
import { keySetChecker } from '../key-set-checker.ts'

export const handler: AuthorizerHandler = await authorizerOf({ 'http-simple': httpSimpleAuthorizer }, keySetChecker)
