import type { LimitState, RateLimit } from '@sallyport/core'

/** What is limited, by name. All routes of one name share its counts. */
export type LimitName = 'password' | 'register'

export type RouteLimits = { readonly [name in LimitName]: readonly RateLimit[] }

/**
 * `password` is every way to try one: sign-in, change of password, deletion of the account. At most 100 failures in a row on one account (NIST SP 800-63B-4
 * section 3.2.2) also when they come from everywhere at once; windows end by themselves, so nobody is locked out for good.
 */
export const defaultLimits: RouteLimits = {
  password: [
    { name: 'password', subject: 'pair', limit: 20, windowSeconds: 900 },
    { name: 'password', subject: 'account', limit: 100, windowSeconds: 3600 },
    { name: 'password', subject: 'network', limit: 300, windowSeconds: 900 },
  ],
  register: [{ name: 'register', subject: 'network', limit: 300, windowSeconds: 3600 }],
}

/** `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: a list of named policies with quota and window in seconds. */
export function rateLimitPolicy(limits: readonly RateLimit[]): string {
  return limits.map((limit) => `"${policyName(limit)}";q=${limit.limit};w=${limit.windowSeconds}`).join(', ')
}

/** `RateLimit` of the same draft: what remains of the tightest policy, and the seconds until it starts again. */
export function rateLimitState(state: LimitState, now: number): string {
  return `"${policyName(state.limit)}";r=${state.remaining};t=${Math.max(0, Math.ceil((state.resetsAt - now) / 1000))}`
}

function policyName(limit: RateLimit): string {
  return `${limit.name}-${limit.subject}`
}
