import { canonicalEmail, type Authentication, type LimitedRequest, type Principal } from '@sallyport/core'
import { contextOf } from './handler.ts'
import type { HttpRequest } from './http-message.ts'
import { rateLimitPolicy, rateLimitState } from './rate-limits.ts'
import { refuse, type Refused } from './reply.ts'
import type { Route } from './route.ts'

type Headers = { readonly [name: string]: string }

export interface Admitted {
  /** What the response tells about the limits; `null` where nothing is limited. */
  readonly headers: Headers
  /** `null` when the request may go on. */
  readonly refused: Refused | null
}

export type Admit = (request: HttpRequest, body: unknown, caller: Principal | null) => Promise<Admitted>

/** Counts the request against the limits of its route, in one store call, before any password is looked at. `null` for a route without limits. */
export function admission({ limit, audit, clock }: Pick<Authentication, 'limit' | 'audit' | 'clock'>, route: Route): Admit | null {
  if (route.limits.length === 0) return null
  const policy = rateLimitPolicy(route.limits)
  return async (request, body, caller) => {
    const limited: LimitedRequest = { account: accountOf(route, body, caller), address: request.address }
    const { admitted, state, retryAfterSeconds } = await limit(route.limits, limited)
    const headers: Headers = { 'ratelimit-policy': policy, ...(state === null ? {} : { ratelimit: rateLimitState(state, clock.now()) }) }
    if (admitted) return { headers, refused: null }
    const reason = state === null ? route.operationId : `${state.limit.name}-${state.limit.subject}`
    await audit({ name: 'login.limited', userId: caller?.userId ?? null, sessionId: caller?.sessionId ?? null, reason }, contextOf(request))
    return { headers, refused: refuse({ code: 'rate-limited', headers: { 'retry-after': String(retryAfterSeconds) } }) }
  }
}

/** One account by one name on every path that tries its password: the canonical address, which a strict rule's caller always carries. */
function accountOf(route: Route, body: unknown, caller: Principal | null): string | null {
  if (route.account === 'caller') return caller?.profile?.email ?? caller?.userId ?? null
  if (route.account === 'none') return null
  return typeof body === 'object' && body !== null && 'email' in body && typeof body.email === 'string' ? canonicalEmail(body.email) : null
}
