import { ConfigurationError } from '@sallyport/core'
import type { ProtectedRoute } from '@sallyport/guard'
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
  return routes.map(({ method, path, rule }) => {
    const security = rule.access === 'signed-in' ? { security: [{ sallyport: [] }] } : {}
    return operationOf(method, path, `${method} ${path}`, PLACEHOLDERS.posts, 'gateway', security)
  })
}

function operationOf(method: string, path: string, name: string, address: string, caller: keyof typeof CALLED_AS, security: object = {}): Operation {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({ name: parameter, in: 'path', required: true, type: 'string' }))
  return {
    path,
    method: method.toLowerCase(),
    content: {
      operationId: /[ /]/.test(name) ? camelCase(name) : name,
      ...(parameters.length === 0 ? {} : { parameters }),
      ...security,
      'x-google-backend': { address, path_translation: 'APPEND_PATH_TO_ADDRESS', ...CALLED_AS[caller](address), deadline: 30 },
      responses: { default: { description: 'As the function answers.' } },
    },
  }
}

/** Google takes letters, digits and underscores, each name once. */
function camelCase(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return words.map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`)).join('')
}

function pathsOf(operations: readonly Operation[]): object {
  const paths: { [path: string]: { [method: string]: object } } = {}
  for (const { path, method, content } of operations) (paths[path] ??= {})[method] = content
  return paths
}
