import { ConfigurationError } from '@sallyport/core'
import { eventHeaders } from '../event-headers.ts'
import { executeApiArn } from '../policy/execute-api-arn.ts'
import type { InvocationContext, RequestAuthorizerEvent, TokenAuthorizerEvent } from './gateway-events.ts'
import { policyDecision, type PolicyAuthorizerOptions, type PolicyResponse } from './policy-decision.ts'

export type RestAuthorizerOptions = Omit<PolicyAuthorizerOptions, 'nobody'>

/** Rejects with `Unauthorized` (401), or with another error (500) for what could not be decided; a policy that does not allow the request is a 403. */
export type RestTokenAuthorizer = (event: TokenAuthorizerEvent, context: InvocationContext) => Promise<PolicyResponse>
export type RestRequestAuthorizer = (event: RequestAuthorizerEvent, context: InvocationContext) => Promise<PolicyResponse>

/**
 * A TOKEN authorizer of a REST API. It is handed the one header that the gateway names as its token source, so cookies are out of its sight. Throws `ConfigurationError`
 * (`configuration`) as `restRequestAuthorizer` does.
 */
export function restTokenAuthorizer(options: RestAuthorizerOptions): RestTokenAuthorizer {
  if (!options.transports.includes('bearer'))
    throw new ConfigurationError('A TOKEN authorizer sees no cookies: bearer has to be among its transports.')
  const { decide } = policyDecision({ ...options, transports: ['bearer'], nobody: 'unauthorized' })
  return async ({ methodArn, authorizationToken }, { awsRequestId }) =>
    decide({
      arn: executeApiArn(methodArn),
      headers: typeof authorizationToken === 'string' ? { authorization: authorizationToken } : {},
      requestId: awsRequestId,
    })
}

/**
 * A REQUEST authorizer of a REST API. Throws `ConfigurationError` (`configuration`) for a revocation bound above the maximum, and for routes whose verdicts the gateway's
 * cache or a policy of IAM cannot hold.
 */
export function restRequestAuthorizer(options: RestAuthorizerOptions): RestRequestAuthorizer {
  const { decide } = policyDecision({ ...options, nobody: 'unauthorized' })
  return async (event, { awsRequestId }) =>
    decide({ arn: executeApiArn(event.methodArn), headers: eventHeaders({ shape: 'rest', event }), requestId: awsRequestId })
}
