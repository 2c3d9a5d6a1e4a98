import { ConfigurationError, type Rule } from '@sallyport/core'
import { contextOf, decider, protectedRoutes, type PrincipalContext } from '@sallyport/guard'
import { eventHeaders } from '../event-headers.ts'
import { executeApiArn } from '../policy/execute-api-arn.ts'
import { authorizerFailure } from './authorizer-errors.ts'
import { checkCaching, ruleHere } from './authorizer-options.ts'
import { declaredRoute } from './declared-route.ts'
import type { HttpApiAuthorizerEvent, InvocationContext } from './gateway-events.ts'
import type { HttpAuthorizerOptions } from './http-authorizer-options.ts'
import { checkIdentitySource, keyedByRoute } from './identity-source.ts'

/** The answer of an authorizer of an HTTP API with simple responses, which needs payload 2.0. */
export interface SimpleResponse {
  readonly isAuthorized: boolean
  /** Empty where nobody is let in as nobody, or refused. */
  readonly context: PrincipalContext
}

/** Rejects (500) for what could not be decided; every other refusal is `isAuthorized: false` (403). */
export type HttpSimpleAuthorizer = (event: HttpApiAuthorizerEvent, context: InvocationContext) => Promise<SimpleResponse>

/**
 * An authorizer of an HTTP API that answers yes or no. A gateway that keeps such an answer uses it for every route, unless `$context.routeKey` is among the identity
 * sources: with routes whose rules differ, a request that is not keyed so is an error. Throws `ConfigurationError` (`configuration`) for a revocation bound above the maximum, and for
 * routes whose verdicts must not be kept.
 */
export function httpSimpleAuthorizer(options: HttpAuthorizerOptions): HttpSimpleAuthorizer {
  checkCaching(options)
  const { ttlSeconds, recheckedBehind, transports, basePath = '' } = options
  const kept = ttlSeconds > 0
  const routes = protectedRoutes(options.routes.map((route) => ({ ...route, rule: ruleHere(route.rule, recheckedBehind) })))
  const alike = new Set(routes.routes.map(({ rule }) => demandsOf(rule))).size === 1
  const ask = decider(options)
  const no: SimpleResponse = { isAuthorized: false, context: {} }

  return async (event, { awsRequestId }) => {
    // An event of another gateway is found out here.
    const { method } = executeApiArn(event.routeArn)
    const headers = eventHeaders({ shape: 'http-api', event })
    if (kept) {
      checkIdentitySource(event, headers, transports)
      if (!alike && !keyedByRoute(event, headers))
        throw new ConfigurationError('The gateway keeps one verdict for routes with different rules: $context.routeKey has to be an identity source.')
    }
    const route = declaredRoute(routes, event, basePath)
    if (route === null) {
      // Kept, this refusal would be that of requests which the table knows.
      if (kept) throw authorizerFailure('broken')
      return no
    }
    // A verdict that is kept must not depend on the page that happened to call first; the functions behind ask about that.
    const decision = await ask({ method: kept ? 'GET' : method, headers, requestId: awsRequestId }, route.rule)
    if (decision.allowed) {
      const { principal, transport } = decision
      return { isAuthorized: true, context: principal === null ? {} : contextOf({ principal, transport }) }
    }
    if (decision.refusal === 'unavailable' || decision.refusal === 'broken') throw authorizerFailure(decision.refusal)
    return no
  }
}

/** Equal for rules that are surely alike. */
function demandsOf(rule: Rule): string {
  if (rule.access === 'public') return rule.access
  const { freshSeconds, roles, scopes, strict } = rule
  return JSON.stringify([freshSeconds ?? null, roles ?? null, scopes ?? null, strict === true])
}
