import type { Clock } from '@sallyport/core'
import { protectedRoutes, type ProtectedRoute } from '@sallyport/guard'
import type { HttpApiAuthorizerEvent, RequestAuthorizerEvent, TokenAuthorizerEvent } from '../src/authorizers/gateway-events.ts'
import { gatewayCache } from './gateway-cache.ts'
import { iamAllows, type AnyPolicy } from './iam.ts'

/** A request as a client sends it. */
export interface ClientRequest {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string | readonly string[] }
}

/** What the function behind gets to see of the authorizer, or the status with which the gateway refuses. `inFront`: it asks no authorizer about such a request. */
export type GatewayAnswer = { readonly inFront?: true } & (
  { readonly status: 200; readonly context: Readonly<Record<string, unknown>> | null } | { readonly status: 401 | 403 | 500 }
)

export type Gateway = (request: ClientRequest) => Promise<GatewayAnswer>

interface GatewayOptions {
  readonly clock: Clock
  readonly ttlSeconds: number
  readonly routes: readonly ProtectedRoute[]
  /** Whether public routes have the authorizer, too. */
  readonly publicToo?: boolean
}

const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
const CONTEXT = { awsRequestId: 'in-process' }

/** A public route without an authorizer. */
const OPEN: GatewayAnswer = { status: 200, context: null, inFront: true }
/** Without what verdicts are kept by there is nothing to ask about. */
const NO_IDENTITY: GatewayAnswer = { status: 401, inFront: true }

const joined = (value: string | readonly string[] | undefined, by: string): string | undefined =>
  value === undefined ? undefined : [value].flat().join(by)

/** The message decides between 401 and 500, as in API Gateway. */
async function orStatus(answer: () => Promise<GatewayAnswer>): Promise<GatewayAnswer> {
  try {
    return await answer()
  } catch (error) {
    return { status: error instanceof Error && error.message === 'Unauthorized' ? 401 : 500 }
  }
}

/** A policy answer judged for one request; whatever API Gateway would not take is its AuthorizerConfigurationException. */
function judged(answer: unknown, arn: string): GatewayAnswer {
  const { principalId, policyDocument, context } = answer as { principalId?: unknown; policyDocument?: AnyPolicy; context?: Record<string, unknown> }
  const flat = Object.values(context ?? {}).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  if (typeof principalId !== 'string' || principalId === '' || !policyDocument?.Statement.length || !flat) return { status: 500 }
  if (!iamAllows(policyDocument, arn)) return { status: 403 }
  // REST APIs hand texts on.
  return { status: 200, context: Object.fromEntries(Object.entries(context ?? {}).map(([name, value]) => [name, String(value)])) }
}

const isOpen = ({ routes, publicToo = false }: GatewayOptions, { method, path }: ClientRequest): boolean =>
  !publicToo && protectedRoutes(routes).find(method, path)?.rule.access === 'public'

/** A REST API with a TOKEN authorizer. Requests for paths of no route reach it too, as if the API had a route for them. */
export function restTokenGateway(
  options: GatewayOptions,
  authorizer: (event: TokenAuthorizerEvent, context: typeof CONTEXT) => Promise<unknown>,
): Gateway {
  const cache = gatewayCache(options.clock, options.ttlSeconds)
  return async (request) => {
    if (isOpen(options, request)) return OPEN
    const authorizationToken = joined(request.headers['authorization'], ',')
    if (!authorizationToken) return NO_IDENTITY
    const methodArn = `${STAGE}/${request.method}${request.path}`
    return orStatus(async () =>
      judged(await cache.get(authorizationToken, () => authorizer({ type: 'TOKEN', authorizationToken, methodArn }, CONTEXT)), methodArn),
    )
  }
}

/** A REST API with a REQUEST authorizer: without a cache it has no identity source, and then everything reaches it. */
export function restRequestGateway(
  options: GatewayOptions & { readonly identityHeader: 'authorization' | 'cookie' },
  authorizer: (event: RequestAuthorizerEvent, context: typeof CONTEXT) => Promise<unknown>,
): Gateway {
  const cache = gatewayCache(options.clock, options.ttlSeconds)
  return async (request) => {
    if (isOpen(options, request)) return OPEN
    const identity = joined(request.headers[options.identityHeader], ',')
    if (options.ttlSeconds > 0 && !identity) return NO_IDENTITY
    const methodArn = `${STAGE}/${request.method}${request.path}`
    const multiValueHeaders = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [titled(name), [value].flat()]))
    const event: RequestAuthorizerEvent = {
      type: 'REQUEST',
      methodArn,
      resource: '/{proxy+}',
      path: request.path,
      httpMethod: request.method,
      headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1) ?? ''])),
      multiValueHeaders,
      requestContext: { stage: 'prod', identity: {} },
    }
    return orStatus(async () => judged(await cache.get(identity ?? '', () => authorizer(event, CONTEXT)), methodArn))
  }
}

/** REST APIs keep the client's spelling. */
function titled(name: string): string {
  return name.replaceAll(/(?:^|-)[a-z]/g, (text) => text.toUpperCase())
}

export interface HttpGatewayOptions extends GatewayOptions {
  readonly payload: '1.0' | '2.0'
  readonly answers: 'simple' | 'policy'
  /** Beside the header with the credential. */
  readonly routeKeyed: boolean
  readonly identityHeader: 'authorization' | 'cookie'
}

/** An HTTP API. It finds the route of `/x` for `/x/` too, and answers everything else by `$default`; both have let people in. */
export function httpGateway(
  options: HttpGatewayOptions,
  authorizer: (event: HttpApiAuthorizerEvent & RequestAuthorizerEvent, context: typeof CONTEXT) => Promise<unknown>,
): Gateway {
  const cache = gatewayCache(options.clock, options.ttlSeconds)
  const declared = protectedRoutes(options.routes)
  return async (request) => {
    const { method, path } = request
    if (isOpen(options, request)) return OPEN
    const route = declared.find(method, path) ?? declared.find(method, path.replace(/\/$/, ''))
    const routeKey = route === null ? '$default' : `${route.method} ${route.path}`
    const { cookie, ...others } = request.headers
    const headers = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, joined(value, ',') ?? '']))
    const cookies = cookie === undefined ? undefined : [cookie].flat().join('; ').split('; ')
    const identity = options.identityHeader === 'cookie' ? cookies?.join('; ') : headers['authorization']
    if (options.ttlSeconds > 0 && !identity) return NO_IDENTITY
    const identitySource = identity ? [identity, ...(options.routeKeyed ? [routeKey] : [])] : []
    const arn = `${STAGE}/${method}${path}`
    const requestContext = { stage: 'prod', http: { method }, identity: {} }
    const shared = { type: 'REQUEST', requestContext, queryStringParameters: {} } as const
    const event =
      options.payload === '2.0'
        ? {
            ...shared,
            version: '2.0',
            routeArn: arn,
            identitySource,
            routeKey,
            rawPath: `/prod${path}`,
            rawQueryString: '',
            headers,
            ...(cookies && { cookies }),
          }
        : {
            ...shared,
            version: '1.0',
            methodArn: arn,
            identitySource: identitySource.join(','),
            resource: route?.path ?? '$default',
            path: `/prod${path}`,
            httpMethod: method,
            headers: cookie === undefined ? headers : { ...headers, cookie: joined(cookie, '; ') },
          }
    return orStatus(async () => {
      const answer = await cache.get(identitySource.join('\n'), () => authorizer(event as HttpApiAuthorizerEvent & RequestAuthorizerEvent, CONTEXT))
      if (options.answers === 'policy') return judged(answer, arn)
      const { isAuthorized, context } = answer as { isAuthorized?: unknown; context?: Record<string, unknown> }
      if (typeof isAuthorized !== 'boolean') return { status: 500 }
      return isAuthorized ? { status: 200, context: context ?? null } : { status: 403 }
    })
  }
}
