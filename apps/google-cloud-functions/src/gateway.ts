import { ConfigurationError } from '@sallyport/core'
import { withPreflights, type ProtectedRoute, type RouteMethod } from '@sallyport/guard'
import { routeTable, type HttpSettings, type Route } from '@sallyport/http'

/** What the deploy script replaces: the addresses are known only then. */
const PLACEHOLDERS = { api: '${API_URL}', posts: '${POSTS_URL}', issuer: '${PUBLIC_URL}' } as const

export interface GatewayOptions {
  readonly settings: Pick<HttpSettings, 'prefix' | 'transports' | 'limits' | 'signingAlgorithms'>
  /** Of the access tokens. */
  readonly audience: string
  /** The routes of the user's own function. */
  readonly protectedRoutes: readonly ProtectedRoute[]
}

/**
 * The configuration of API Gateway, which takes OpenAPI 2.0: every route of the API and of the guarded function, and nothing else. Where a rule wants somebody who is signed in, the
 * gateway checks the token first, by our key set; roles and revocation are the guard's, which checks again. The API's own routes pass as they are, because the API
 * judges their credentials itself, and takes some that no gateway knows.
 *
 * @throws ConfigurationError for tokens that the gateway cannot check: it takes RS256 (https://cloud.google.com/api-gateway/docs/authenticating-users-jwt), and there are none in the session strategy.
 */
export function gatewayDocument({ settings, audience, protectedRoutes }: GatewayOptions): object {
  if (settings.signingAlgorithms.join() !== 'RS256')
    throw new ConfigurationError('API Gateway checks tokens signed by RS256 and no others: use the jwt strategy with RS256.')
  return {
    swagger: '2.0',
    info: { title: 'Sallyport', version: '1' },
    schemes: ['https'],
    produces: ['application/json'],
    securityDefinitions: {
      sallyport: {
        type: 'oauth2',
        flow: 'implicit',
        authorizationUrl: '',
        'x-google-issuer': PLACEHOLDERS.issuer,
        'x-google-jwks_uri': `${PLACEHOLDERS.issuer}/.well-known/jwks.json`,
        'x-google-audiences': audience,
      },
    },
    paths: pathsOf([...apiOperations(routeTable(settings)), ...functionOperations(protectedRoutes)]),
  }
}

interface Operation {
  readonly path: string
  readonly method: string
  readonly name: string
  readonly content: object
}

/**
 * `gateway`: as its own service account, so that nobody can call the function around it; the client's credential moves to `X-Forwarded-Authorization`. `client`: with the
 * client's own `Authorization`, to a function that everybody can call.
 */
const CALLED_AS = {
  gateway: (address: string) => ({ jwt_audience: address }),
  client: () => ({ disable_auth: true }),
} as const

function apiOperations(routes: readonly Route[]): readonly Operation[] {
  const { api } = PLACEHOLDERS
  const preflights = [...new Set(routes.map(({ path }) => path))].map((path) => operationOf('options', path, `options ${path}`, api, 'client'))
  return [...routes.map(({ method, path, operationId }) => operationOf(method, path, operationId, api, 'client')), ...preflights]
}

function functionOperations(routes: readonly ProtectedRoute[]): readonly Operation[] {
  // Preflights pass: they bring no credential, and the guard behind answers them.
  const rows = withPreflights(routes)
  return rows.flatMap((route) => {
    const security = route.rule.access === 'signed-in' ? { security: [{ sallyport: [] }] } : {}
    return methodsOf(route, rows).map((method) => operationOf(method, route.path, `${method} ${route.path}`, PLACEHOLDERS.posts, 'gateway', security))
  })
}

const EACH: readonly RouteMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** OpenAPI has no word for `ANY`: it is every method that no route of the same path has for itself. */
function methodsOf({ method, path }: ProtectedRoute, routes: readonly ProtectedRoute[]): readonly RouteMethod[] {
  if (method !== 'ANY') return [method]
  const own = routes.filter((route) => route.path === path).map((route) => route.method)
  return EACH.filter((each) => !own.includes(each))
}

function operationOf(method: string, path: string, name: string, address: string, caller: keyof typeof CALLED_AS, security: object = {}): Operation {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({ name: parameter, in: 'path', required: true, type: 'string' }))
  return {
    path,
    method: method.toLowerCase(),
    name: /[ /]/.test(name) ? camelCase(name) : name,
    content: {
      ...(parameters.length === 0 ? {} : { parameters }),
      ...security,
      'x-google-backend': { address, path_translation: 'APPEND_PATH_TO_ADDRESS', ...CALLED_AS[caller](address), deadline: 30 },
      responses: { default: { description: 'As the function answers.' } },
    },
  }
}

/** Google takes letters, digits and underscores; what comes out twice is numbered where the paths are put together. */
function camelCase(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return words.map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`)).join('')
}

function pathsOf(operations: readonly Operation[]): object {
  const paths: { [path: string]: { [method: string]: object } } = {}
  const taken = new Map<string, number>()
  for (const { path, method, name, content } of operations) {
    const before = taken.get(name) ?? 0
    taken.set(name, before + 1)
    ;(paths[path] ??= {})[method] = { operationId: before === 0 ? name : `${name}_${before + 1}`, ...content }
  }
  return paths
}
