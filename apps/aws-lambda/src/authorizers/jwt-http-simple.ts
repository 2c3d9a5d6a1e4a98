import { httpSimpleAuthorizer } from '@sallyport/platform-aws-lambda/simple-authorizer'
import type { AuthorizerHandler } from '../authorizer-handler.ts'
import { keySetChecker } from '../key-set-checker.ts'
import { leanAuthorizer } from '../lean-authorizer.ts'

export const handler: AuthorizerHandler = await leanAuthorizer('jwt', { 'http-simple': httpSimpleAuthorizer }, keySetChecker)
