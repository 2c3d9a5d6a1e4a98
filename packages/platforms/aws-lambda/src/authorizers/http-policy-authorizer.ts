import { eventHeaders } from '../event-headers.ts'
import { executeApiArn } from '../policy/execute-api-arn.ts'
import { authorizerFailure } from './authorizer-errors.ts'
import { declaredRoute } from './declared-route.ts'
import type { HttpApiAuthorizerEvent, InvocationContext, RequestAuthorizerEvent } from './gateway-events.ts'
import type { HttpAuthorizerOptions } from './http-authorizer-options.ts'
import { checkIdentitySource } from './identity-source.ts'
import { policyDecision, refusedStage, type PolicyAuthorizerOptions, type PolicyResponse } from './policy-decision.ts'

export type HttpPolicyAuthorizerOptions = HttpAuthorizerOptions & Pick<PolicyAuthorizerOptions, 'undeclaredPaths'>

/** Rejects (500) for what could not be decided; every other refusal is a policy that does not allow the request (403). */
export type HttpPolicyAuthorizer = (event: HttpApiAuthorizerEvent | RequestAuthorizerEvent, context: InvocationContext) => Promise<PolicyResponse>

/**
 * An authorizer of an HTTP API that answers with a policy, for payload 1.0 and 2.0. A request is refused when the gateway's route and the declared one differ. Throws
 * `ConfigurationError` (`configuration`) for a revocation bound above the maximum, and for routes whose verdicts the gateway's cache or a policy of IAM cannot hold.
 */
export function httpPolicyAuthorizer({ basePath = '', ...options }: HttpPolicyAuthorizerOptions): HttpPolicyAuthorizer {
  const { routes, decide } = policyDecision({ ...options, nobody: 'public-routes' })
  const kept = options.ttlSeconds > 0
  return async (event, { awsRequestId }) => {
    const second = 'routeArn' in event
    const arn = executeApiArn(second ? event.routeArn : event.methodArn)
    const headers = second ? eventHeaders({ shape: 'http-api', event }) : eventHeaders({ shape: 'rest', event })
    if (kept) checkIdentitySource(event, headers, options.transports)
    if (declaredRoute(routes, event, basePath) !== null) return decide({ arn, headers, requestId: awsRequestId })
    // Kept, this refusal would be that of every route.
    if (kept) throw authorizerFailure('broken')
    return refusedStage(arn)
  }
}
