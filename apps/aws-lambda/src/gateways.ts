import { httpPolicyAuthorizer, restRequestAuthorizer, restTokenAuthorizer } from '@sallyport/platform-aws-lambda/policy-authorizers'
import { httpSimpleAuthorizer } from '@sallyport/platform-aws-lambda/simple-authorizer'
import type { Gateways } from './authorizer-handler.ts'

export const GATEWAYS: Gateways = {
  'http-simple': httpSimpleAuthorizer,
  'http-policy': httpPolicyAuthorizer,
  'rest-token': restTokenAuthorizer,
  'rest-request': restRequestAuthorizer,
}
