import { ConfigurationError } from '@sallyport/core'
import type { ProtectedRoute, RouteMethod } from '@sallyport/guard'
import type { Transport } from '@sallyport/http'

/** A route of the table as the templates of a gateway write it. */
export interface GatewayRoute {
  readonly method: RouteMethod
  /** The same in REST APIs and HTTP APIs: `/posts/{id}`, `/files/{path+}`. */
  readonly path: string
  /** Of an HTTP API. */
  readonly routeKey: string
  /** Whether the authorizer stands in front. Public routes do without: nobody waits for it, and no bad token is refused. */
  readonly authorizer: boolean
}

/** Every route of the table and nothing else: a route that takes what no other does would be open to what no rule is about. */
export function gatewayRoutes(routes: readonly ProtectedRoute[]): readonly GatewayRoute[] {
  return routes.map(({ method, path, rule }) => ({ method, path, routeKey: `${method} ${path}`, authorizer: rule.access !== 'public' }))
}

export interface IdentitySourceOptions {
  readonly gateway: 'rest-token' | 'rest-request' | 'http-simple' | 'http-policy'
  readonly transports: readonly Transport[]
  readonly ttlSeconds: number
}

/**
 * By what the gateway has to tell callers apart, in its own words. It refuses a request that lacks one of them, so without a cache, where that is not needed, there are none, except the header of
 * a TOKEN authorizer. Throws `ConfigurationError` (`configuration`) for transports that the gateway cannot tell apart under a cache.
 */
export function identitySources({ gateway, transports, ttlSeconds }: IdentitySourceOptions): readonly string[] {
  const prefix = gateway.startsWith('rest') ? 'method.request.header.' : '$request.header.'
  if (gateway === 'rest-token') return [`${prefix}Authorization`]
  if (ttlSeconds === 0) return []
  const [transport, ...others] = transports
  if (transport === undefined || others.length > 0)
    throw new ConfigurationError('A gateway that keeps verdicts can tell callers apart by one transport only: bearer or cookie.')
  const header = `${prefix}${transport === 'bearer' ? 'Authorization' : 'Cookie'}`
  return gateway === 'http-simple' ? [header, '$context.routeKey'] : [header]
}
