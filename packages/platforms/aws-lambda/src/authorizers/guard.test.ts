import {
  describeGuard,
  describeHostedGuard,
  GUARD_ROUTES,
  type GuardHarness,
  type GuardKitAnswer,
  type GuardParts,
  type MountedGuard,
} from '@sallyport/conformance'
import { vouchedIn, protectedRoutes, type ProtectedRoute } from '@sallyport/guard'
import type { Rule, SignedInRule } from '@sallyport/core'
import { gatewayCache } from '../../testing/gateway-cache.ts'
import { httpGateway, restRequestGateway, restTokenGateway, type Gateway, type GatewayAnswer } from '../../testing/gateways.ts'
import { IN_FRONT } from '../../testing/in-front.ts'
import { iamAllows } from '../../testing/iam.ts'
import { expectNoToken } from '../../testing/no-token.ts'
import { hosted, memoryDomain } from '../../testing/kit-parts.ts'
import { appsyncAuthorizer } from './appsync-authorizer.ts'
import { httpPolicyAuthorizer } from './http-policy-authorizer.ts'
import { httpSimpleAuthorizer } from './http-simple-authorizer.ts'
import { restRequestAuthorizer, restTokenAuthorizer } from './rest-authorizers.ts'
import { websocketAuthorizer } from './websocket-authorizer.ts'

const CACHE_SECONDS = 300

/** The kit computes the bound; what it is computed from here only has to be within the maximum. */
const revocation = { strategy: 'session', accessTokenSeconds: 0, sessionCacheSeconds: 0, maximumSeconds: CACHE_SECONDS } as const

const closed = async (): Promise<void> => {}

function kitAnswer(answer: GatewayAnswer): GuardKitAnswer {
  if (answer.status === 200) return { allowed: true, userId: answer.context === null ? null : (vouchedIn(answer.context)?.principal.userId ?? null) }
  // 403 says nothing of the reason; 500 is for what could not be decided.
  return { allowed: false, refusal: answer.status === 401 ? 'unauthenticated' : answer.status === 500 ? 'unavailable' : 'refused' }
}

/** What stands behind believes the authorizer, or asks the guard again. */
function mounted({ guard, routes }: GuardParts, gateway: Gateway, recheckedBehind: boolean): MountedGuard {
  const declared = protectedRoutes(routes)
  return {
    ask: async (request) => {
      const answer = await gateway(request)
      expectNoToken(answer, request)
      const inFront = answer.inFront === true
      const route = declared.find(request.method, request.path)
      if (answer.status !== 200 || !recheckedBehind || route === null) return { ...kitAnswer(answer), inFront }
      const decision = await guard({ ...request, requestId: 'behind', vouched: vouchedIn(answer.context) }, route.rule)
      if (decision.allowed) return { allowed: true, userId: decision.principal?.userId ?? null, inFront }
      return { allowed: false, refusal: decision.refusal, inFront }
    },
    close: closed,
  }
}

/** An answer that depends on a header which is no part of the gateway's key must not be kept, so that it is none: an error, which refuses. */
function besideTheKey(gateway: Gateway): Gateway {
  return async (request) => {
    const answer = await gateway(request)
    return answer.status === 500 && request.headers['authorization'] !== undefined ? { status: 403 } : answer
  }
}

type Settings = {
  readonly ttlSeconds: number
  readonly recheckedBehind: boolean
  readonly undeclaredPaths: 'denied'
  readonly revocation: typeof revocation
}

const signedIn = (rule: Rule): rule is SignedInRule => rule.access === 'signed-in'
const isStrict = ({ rule }: ProtectedRoute): boolean => signedIn(rule) && rule.strict === true
/** What a kept verdict can say by itself: nothing of time and sessions, nor of the page that sends a cookie where something changes. */
const isLasting = ({ rule, method }: ProtectedRoute, byCookie: boolean): boolean =>
  !signedIn(rule) || (rule.freshSeconds === undefined && rule.strict !== true && !(byCookie && method !== 'GET'))

/** One rendering behind a gateway: without its cache, with it and a function behind that asks again, and with it alone. */
function everyWay(
  name: string,
  transports: GuardHarness['transports'],
  gateway: (parts: GuardParts & Settings, publicToo: boolean) => Gateway,
): void {
  const harness = (ttlSeconds: number, recheckedBehind = ttlSeconds > 0, publicToo = false): GuardHarness => ({
    domain: memoryDomain,
    transports,
    method: 'as-sent',
    cacheSeconds: ttlSeconds,
    mount: async (parts) =>
      mounted(parts, gateway({ ...parts, ttlSeconds, recheckedBehind, undeclaredPaths: 'denied', revocation }, publicToo), recheckedBehind),
  })
  const kept = `kept for ${CACHE_SECONDS} s`
  const routes = GUARD_ROUTES.filter((route) => isLasting(route, transports.includes('cookie')))
  const answeredInFront = transports.includes('cookie') ? IN_FRONT.withoutCookie : IN_FRONT.withoutHeader
  // A TOKEN authorizer has an identity source in any case.
  describeGuard(`${name}, nothing kept`, { ...harness(0), answeredInFront: name === 'REST TOKEN' ? IN_FRONT.withoutHeader : IN_FRONT.publicRoute })
  describeGuard(`${name}, ${kept}`, { ...harness(CACHE_SECONDS), answeredInFront })
  describeGuard(`${name}, ${kept} and believed`, { ...harness(CACHE_SECONDS, false), believed: true, routes, answeredInFront })
  describeHostedGuard(`${name}, nothing kept`, { ...harness(0), hosted })
  describeHostedGuard(`${name}, ${kept}`, { ...harness(CACHE_SECONDS), hosted })
  if (name.startsWith('REST REQUEST')) describeGuard(`${name}, nothing kept, in front of public routes too`, harness(0, false, true))
}

everyWay('REST TOKEN', ['bearer'], (parts) => restTokenGateway(parts, restTokenAuthorizer(parts)))
everyWay('REST REQUEST by header', ['bearer'], (parts, publicToo) =>
  restRequestGateway({ ...parts, publicToo, identityHeader: 'authorization' }, restRequestAuthorizer(parts)),
)
for (const payload of ['1.0', '2.0'] as const) {
  everyWay(`HTTP API with policies, payload ${payload}`, ['bearer'], (parts) =>
    httpGateway({ ...parts, payload, answers: 'policy', routeKeyed: false, identityHeader: 'authorization' }, httpPolicyAuthorizer(parts)),
  )
}
everyWay('HTTP API with simple answers', ['bearer'], (parts) =>
  httpGateway({ ...parts, payload: '2.0', answers: 'simple', routeKeyed: true, identityHeader: 'authorization' }, httpSimpleAuthorizer(parts)),
)

// Kept by the cookie, whatever else a request shows beside it.
everyWay('REST REQUEST by cookie', ['cookie'], (parts, publicToo) =>
  restRequestGateway({ ...parts, publicToo, identityHeader: 'cookie' }, restRequestAuthorizer(parts)),
)
everyWay('HTTP API with policies by cookie', ['cookie'], (parts) =>
  besideTheKey(
    httpGateway({ ...parts, payload: '2.0', answers: 'policy', routeKeyed: false, identityHeader: 'cookie' }, httpPolicyAuthorizer(parts)),
  ),
)
everyWay('HTTP API with simple answers by cookie', ['cookie'], (parts) =>
  besideTheKey(httpGateway({ ...parts, payload: '2.0', answers: 'simple', routeKeyed: true, identityHeader: 'cookie' }, httpSimpleAuthorizer(parts))),
)

// Without a cache a gateway can take both transports.
for (const [name, gateway] of [
  [
    'REST REQUEST by header and cookie',
    (parts: GuardParts & Settings) =>
      restRequestGateway({ ...parts, publicToo: true, identityHeader: 'authorization' }, restRequestAuthorizer(parts)),
  ],
  [
    'HTTP API with simple answers by header and cookie',
    (parts: GuardParts & Settings) =>
      httpGateway(
        { ...parts, payload: '2.0', answers: 'simple', routeKeyed: false, identityHeader: 'authorization', publicToo: true },
        httpSimpleAuthorizer(parts),
      ),
  ],
] as const)
  describeGuard(name, {
    domain: memoryDomain,
    transports: ['bearer', 'cookie'],
    method: 'as-sent',
    mount: async (parts) =>
      mounted(parts, gateway({ ...parts, ttlSeconds: 0, recheckedBehind: false, undeclaredPaths: 'denied', revocation }), false),
  })

const websocket: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'CONNECT',
  mount: async (parts) => {
    const methodArn = 'arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef1234/live/$connect'
    const declared = protectedRoutes(parts.routes)
    const authorizers = new Map(
      parts.routes.map((route): [ProtectedRoute, ReturnType<typeof websocketAuthorizer>] => [
        route,
        websocketAuthorizer({ ...parts, rule: route.rule }),
      ]),
    )
    return {
      ask: async ({ method, path, headers }) => {
        const authorizer = authorizers.get(declared.find(method, path) as ProtectedRoute)
        if (authorizer === undefined) return { allowed: false, refusal: 'refused', inFront: true }
        const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
        try {
          const { policyDocument, context } = await authorizer({ type: 'REQUEST', methodArn, multiValueHeaders }, { awsRequestId: 'in-process' })
          expectNoToken([policyDocument, context], { headers })
          if (!iamAllows(policyDocument, methodArn)) return { allowed: false, refusal: 'refused' }
          return { allowed: true, userId: vouchedIn(context)?.principal.userId ?? null }
        } catch (error) {
          return { allowed: false, refusal: (error as Error).message === 'Unauthorized' ? 'unauthenticated' : 'unavailable' }
        }
      },
      close: closed,
    }
  },
}
describeGuard('WebSocket $connect, one API for each route', { ...websocket, answeredInFront: IN_FRONT.noRoute })
describeHostedGuard('WebSocket $connect, one API for each route', { ...websocket, hosted })

for (const scheme of ['bearer', 'none'] as const)
  for (const ttlSeconds of [0, CACHE_SECONDS]) {
    const name = `AppSync, ${scheme === 'none' ? 'tokens without scheme, ' : ''}kept for ${ttlSeconds} s`
    const harness: GuardHarness = {
      domain: memoryDomain,
      transports: ['bearer'],
      method: 'POST',
      cacheSeconds: ttlSeconds,
      mount: async (parts) => appsync(parts, scheme, ttlSeconds),
    }
    const answeredInFront = [...IN_FRONT.withoutHeader, ...IN_FRONT.noRoute]
    describeGuard(name, { ...harness, answeredInFront })
    // With a strict rule among its fields an AppSync API keeps nothing, and is closed to tokens of a hosted issuer.
    const withoutStrict: GuardHarness = { ...harness, routes: GUARD_ROUTES.filter((route) => !isStrict(route)) }
    const ofStrict = ['GR11', 'GR12', 'GR13']
    if (ttlSeconds > 0) describeGuard(`${name}, no strict rule`, { ...withoutStrict, answeredInFront: [...answeredInFront, ...ofStrict] })
    describeHostedGuard(`${name}, no strict rule`, { ...withoutStrict, hosted })
  }

/** Each route is a field. What is public there is open to API keys at AppSync, and never reaches the authorizer. */
function appsync(parts: GuardParts, scheme: 'bearer' | 'none', ttlSeconds: number): MountedGuard {
  const declared = protectedRoutes(parts.routes)
  const fieldOf = ({ method, path }: ProtectedRoute): string => `Query.${method}${path.replaceAll(/[^a-z]/g, '_')}`
  const rows = parts.routes.flatMap((route) => (signedIn(route.rule) ? [[fieldOf(route), route.rule] as const] : []))
  const authorizer = appsyncAuthorizer({
    ...parts,
    ttlSeconds,
    revocation,
    scheme,
    defaultRule: { access: 'signed-in' },
    fields: Object.fromEntries(rows),
  })
  type Kept = Awaited<ReturnType<typeof authorizer>>
  const cache = gatewayCache<Kept>(parts.clock, ttlSeconds, ({ ttlOverride }) => ttlOverride)
  return {
    ask: async ({ method, path, headers }) => {
      const route = declared.find(method, path)
      if (route === null) return { allowed: false, refusal: 'refused', inFront: true }
      if (route.rule.access === 'public') return { allowed: true, userId: null, inFront: true }
      const sent = [headers['authorization'] ?? []].flat().join(',')
      if (sent === '') return { allowed: false, refusal: 'unauthenticated', inFront: true }
      // Its client leaves the scheme away where the kit's writes it.
      const authorizationToken = scheme === 'bearer' ? sent : /^bearer /i.test(sent) ? sent.slice(7) : `no-token ${sent}`
      try {
        const { isAuthorized, deniedFields, resolverContext } = await cache.get(authorizationToken, () =>
          authorizer({ authorizationToken }, { awsRequestId: 'in-process' }),
        )
        expectNoToken(resolverContext, { headers })
        if (!isAuthorized || deniedFields.includes(fieldOf(route))) return { allowed: false, refusal: 'refused' }
        return { allowed: true, userId: vouchedIn(resolverContext)?.principal.userId ?? null }
      } catch {
        return { allowed: false, refusal: 'unavailable' }
      }
    },
    close: closed,
  }
}
