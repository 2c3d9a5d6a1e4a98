import { withPreflights } from '@sallyport/guard'
import { gatewayRoutes, identitySources } from '@sallyport/platform-aws-lambda'
import { defaultLimits, routeTable } from '@sallyport/http'
import { ROUTES } from '../src/routes.ts'
import { DEFAULT_TTL_SECONDS, TRANSPORTS, type Front } from './functions.ts'

/** A method and path of the gateway, and the function behind. */
export interface DeployedRoute {
  readonly method: string
  readonly path: string
  readonly behind: 'api' | 'posts'
  readonly authorizer: boolean
}

/**
 * Every route there is, and no other: the gateway itself answers 404 to the rest. The API judges the credentials of its own routes itself, because it takes some that no authorizer knows, and
 * answers the preflights of browsers, as the guard does for its own.
 */
export function deployedRoutes(): readonly DeployedRoute[] {
  const own = routeTable({ prefix: '/auth', transports: TRANSPORTS, limits: defaultLimits })
  const paths = [...new Set(own.map(({ path }) => path))]
  return [
    ...own.map(({ method, path }): DeployedRoute => ({ method, path, behind: 'api', authorizer: false })),
    ...paths.map((path): DeployedRoute => ({ method: 'OPTIONS', path, behind: 'api', authorizer: false })),
    ...gatewayRoutes(withPreflights(ROUTES)).map(({ method, path, authorizer }): DeployedRoute => ({ method, path, behind: 'posts', authorizer })),
  ]
}

/** By what the gateway keeps a verdict; a request without it is answered 401, and the authorizer is not asked. */
export function identitySourcesOf(front: Front): readonly string[] {
  return identitySources({
    gateway: front === 'http-api' ? 'http-simple' : 'rest-token',
    transports: TRANSPORTS,
    ttlSeconds: DEFAULT_TTL_SECONDS,
  })
}
