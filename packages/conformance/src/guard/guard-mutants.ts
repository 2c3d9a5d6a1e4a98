import type { Instant, Rule, SignedInRule } from '@sallyport/core'
import { guard, protectedRoutes, type Decision, type GuardedRequest, type ProtectedRoute } from '@sallyport/guard'
import { ACCESS_COOKIE } from '@sallyport/http'
import type { GuardKitAnswer, GuardKitRequest, GuardParts, MountedGuard } from './guard-harness.ts'
import { plainRendering } from './plain-rendering.ts'

/** A rendering with one thing wrong, and a clause that must find it. */
export interface GuardMutant {
  readonly name: string
  readonly killedBy: string
  readonly mount: (parts: GuardParts) => MountedGuard
}

type Mount = GuardMutant['mount']

const overRules =
  (change: (rule: SignedInRule) => Rule): Mount =>
  (parts) =>
    plainRendering({
      ...parts,
      routes: parts.routes.map(({ rule, ...route }) => ({ ...route, rule: rule.access === 'public' ? rule : change(rule) })),
    })

const overHeaders =
  (change: (headers: GuardKitRequest['headers']) => GuardKitRequest['headers']): Mount =>
  (parts) => {
    const changed = (request: GuardedRequest): GuardedRequest => ({ ...request, headers: change(request.headers as GuardKitRequest['headers']) })
    return plainRendering({ ...parts, guard: (request, rule) => parts.guard(changed(request), rule) })
  }

const overDecision =
  (change: (decision: Decision) => Decision): Mount =>
  (parts) =>
    plainRendering({ ...parts, guard: async (request, rule) => change(await parts.guard(request, rule)) })

/** Finds the route in a way of its own. */
const overSearch =
  (search: (routes: readonly ProtectedRoute[], method: string, path: string) => ProtectedRoute | null): Mount =>
  (parts) => ({
    close: async () => {},
    ask: async (request): Promise<GuardKitAnswer> => {
      const route = search(parts.routes, request.method, request.path)
      if (route === null) return { allowed: false, refusal: 'refused' }
      return plainRendering({ ...parts, routes: [{ ...route, method: 'ANY', path: '/found' }] }).ask({ ...request, path: '/found' })
    },
  })

const find = (routes: readonly ProtectedRoute[], method: string, path: string): ProtectedRoute | null => protectedRoutes(routes).find(method, path)
const without = (rule: SignedInRule, member: keyof SignedInRule): Rule => {
  const { [member]: _left, ...rest } = rule
  return { ...rest, access: 'signed-in' }
}
const tokenIn = (header: string | readonly string[] | undefined): string => (typeof header === 'string' ? header : '').replace(/^\S+ /, '')

/** Asks once for each cookie and route, like a gateway that nobody asks behind. */
const remembering: Mount = (parts) => {
  const rendering = plainRendering(parts)
  const kept = new Map<string, GuardKitAnswer>()
  return {
    close: rendering.close,
    ask: async (request): Promise<GuardKitAnswer> => {
      const key = `${request.method} ${request.path} ${String(request.headers['cookie'])}`
      const known = request.headers['cookie'] === undefined ? undefined : kept.get(key)
      const answer = known ?? (await rendering.ask(request))
      if (answer.allowed) kept.set(key, answer)
      return answer
    },
  }
}

interface Kept {
  readonly decision: Decision
  readonly at: Instant
}

/** Asks once for each rule and all that the request shows, or its cookie alone, as long as that is good. */
const keeping =
  (isGood: (kept: Kept, now: Instant) => boolean, byAll = true): Mount =>
  (parts) => {
    const kept = new Map<string, Kept>()
    return plainRendering({
      ...parts,
      guard: async (request, rule) => {
        const now = parts.clock.now()
        const key = JSON.stringify([byAll ? request.headers : request.headers['cookie'], rule])
        const found = kept.get(key)
        if (found !== undefined && isGood(found, now)) return found.decision
        const decision = await parts.guard(request, rule)
        if (decision.allowed || !byAll) kept.set(key, { decision, at: now })
        return decision
      },
    })
  }

export const guardMutants: readonly GuardMutant[] = [
  { name: 'what was decided for a cookie is remembered', killedBy: 'GT3', mount: remembering },
  { name: 'roles are not asked for', killedBy: 'GR1', mount: overRules((rule) => without(rule, 'roles')) },
  { name: 'scopes are not asked for', killedBy: 'GR6', mount: overRules((rule) => without(rule, 'scopes')) },
  { name: 'freshness is not asked for', killedBy: 'GR9', mount: overRules((rule) => without(rule, 'freshSeconds')) },
  { name: 'a strict rule is like any other', killedBy: 'GO1', mount: overRules((rule) => without(rule, 'strict')) },
  {
    name: 'one scope is enough',
    killedBy: 'GR6',
    mount: overRules((rule) => (rule.scopes === undefined ? rule : { ...rule, scopes: rule.scopes.slice(0, 1) })),
  },
  {
    name: 'only the first of the roles counts',
    killedBy: 'GR3',
    mount: overRules((rule) => (rule.roles === undefined ? rule : { ...rule, roles: rule.roles.slice(0, 1) })),
  },
  { name: 'every route is public', killedBy: 'GC2', mount: overRules(() => ({ access: 'public' })) },
  {
    name: 'public routes want a credential',
    killedBy: 'GC3',
    mount: (parts) => plainRendering({ ...parts, routes: parts.routes.map((route) => ({ ...route, rule: { ...route.rule, access: 'signed-in' } })) }),
  },
  {
    name: 'any scheme will do',
    killedBy: 'GH3',
    mount: overHeaders((headers) =>
      headers['authorization'] === undefined ? headers : { ...headers, authorization: `Bearer ${tokenIn(headers['authorization'])}` },
    ),
  },
  {
    name: 'the first of two lines is believed',
    killedBy: 'GH10',
    mount: overHeaders((headers) =>
      typeof headers['authorization'] === 'object' ? { ...headers, authorization: headers['authorization'][0] ?? '' } : headers,
    ),
  },
  {
    name: 'the last of two lines is believed',
    killedBy: 'GH11',
    mount: overHeaders((headers) =>
      typeof headers['authorization'] === 'object' ? { ...headers, authorization: headers['authorization'].at(-1) ?? '' } : headers,
    ),
  },
  {
    name: 'blanks are trimmed',
    killedBy: 'GH7',
    mount: overHeaders((headers) =>
      typeof headers['authorization'] === 'string' ? { ...headers, authorization: headers['authorization'].replace(/ +/g, ' ') } : headers,
    ),
  },
  {
    name: 'a token is unescaped',
    killedBy: 'GH15',
    mount: overHeaders((headers) =>
      typeof headers['authorization'] === 'string' ? { ...headers, authorization: headers['authorization'].replaceAll('%2E', '.') } : headers,
    ),
  },
  {
    name: 'a header of a proxy is believed',
    killedBy: 'GH21',
    mount: overHeaders((headers) => ({ ...headers, authorization: headers['authorization'] ?? headers['x-forwarded-authorization'] ?? [] })),
  },
  { name: 'the page is not asked for', killedBy: 'GK5', mount: overHeaders((headers) => ({ ...headers, 'sec-fetch-site': 'none', origin: [] })) },
  {
    name: 'every origin is allowed',
    killedBy: 'GK5',
    mount: overHeaders((headers) => (headers['origin'] === undefined ? headers : { ...headers, origin: [], 'sec-fetch-site': 'same-origin' })),
  },
  {
    name: 'no word of the page is good enough',
    killedBy: 'GK7',
    mount: overHeaders((headers) =>
      headers['origin'] === undefined && headers['sec-fetch-site'] === undefined ? { ...headers, 'sec-fetch-site': 'none' } : headers,
    ),
  },
  {
    name: 'a page of the same site is ours',
    killedBy: 'GK9',
    mount: overHeaders((headers) => (headers['sec-fetch-site'] === 'same-site' ? { ...headers, 'sec-fetch-site': 'same-origin' } : headers)),
  },
  {
    name: 'a cookie goes before the header',
    killedBy: 'GK11',
    mount: overHeaders(({ authorization, ...others }) =>
      authorization === undefined || others['cookie'] !== undefined ? others : { ...others, authorization },
    ),
  },
  {
    name: 'the first of two cookies is believed',
    killedBy: 'GK13',
    mount: overHeaders((headers) =>
      typeof headers['cookie'] === 'string' ? { ...headers, cookie: headers['cookie'].replace(/; __Host-sallyport-access=.*/, '') } : headers,
    ),
  },
  {
    name: 'names of cookies are compared in small letters',
    killedBy: 'GK15',
    mount: overHeaders((headers) =>
      typeof headers['cookie'] === 'string'
        ? { ...headers, cookie: headers['cookie'].replaceAll(/__host-sallyport-access/gi, ACCESS_COOKIE) }
        : headers,
    ),
  },
  {
    name: 'quotes around a cookie are taken off',
    killedBy: 'GK18',
    mount: overHeaders((headers) =>
      typeof headers['cookie'] === 'string' ? { ...headers, cookie: headers['cookie'].replaceAll('"', '') } : headers,
    ),
  },
  {
    name: 'an outage lets in',
    killedBy: 'GO1',
    mount: overDecision((decision) => (!decision.allowed && decision.refusal === 'unavailable' ? { allowed: true, principal: null } : decision)),
  },
  {
    name: 'an outage looks like a bad token',
    killedBy: 'GO1',
    mount: overDecision((decision) =>
      !decision.allowed && decision.refusal === 'unavailable' ? { ...decision, refusal: 'unauthenticated' } : decision,
    ),
  },
  {
    name: 'who may not looks like a bad token',
    killedBy: 'GR1',
    mount: overDecision((decision) =>
      !decision.allowed && decision.refusal === 'forbidden' ? { ...decision, refusal: 'unauthenticated' } : decision,
    ),
  },
  {
    name: 'nobody is told who it was',
    killedBy: 'GC1',
    mount: overDecision((decision) => (decision.allowed ? { allowed: true, principal: null } : decision)),
  },
  { name: 'a verdict is kept too long', killedBy: 'GT1', mount: keeping(() => true) },
  {
    name: 'a token is good at the very instant at which it expires',
    killedBy: 'GT1',
    mount: keeping(({ decision }, now) => decision.allowed && decision.principal !== null && now <= decision.principal.expiresAt),
  },
  { name: 'a verdict is kept for ten minutes', killedBy: 'GT2', mount: keeping(({ at }, now) => now < at + 600_000) },
  { name: 'what was refused is kept too', killedBy: 'GT3', mount: keeping(({ at }, now) => now < at + 1000, false) },
  {
    name: 'a verdict is kept for the token, whatever the route',
    killedBy: 'GO1',
    mount: (parts) =>
      plainRendering({
        ...parts,
        guard: guard({
          ...parts,
          authorize: async (token, rule) => parts.authorize(token, rule.access === 'public' ? rule : { access: 'signed-in' }),
        }),
      }),
  },
  {
    name: 'a slash at the end does not matter',
    killedBy: 'GP4',
    mount: overSearch((routes, method, path) => find(routes, method, path.replace(/\/$/, ''))),
  },
  { name: 'case does not matter', killedBy: 'GP6', mount: overSearch((routes, method, path) => find(routes, method, path.toLowerCase())) },
  {
    name: 'a route is found by its beginning',
    killedBy: 'GP3',
    mount: overSearch((routes, method, path) => find(routes, method, path) ?? find(routes, method, path.split('/').slice(0, 3).join('/'))),
  },
  {
    name: 'what is not declared is public',
    killedBy: 'GP1',
    mount: overSearch((routes, method, path) => find(routes, method, path) ?? { method: 'ANY', path, rule: { access: 'public' } }),
  },
  {
    name: 'the method does not matter',
    killedBy: 'GP2',
    mount: overSearch((routes, method, path) => find(routes, method, path) ?? find(routes, 'GET', path)),
  },
]
