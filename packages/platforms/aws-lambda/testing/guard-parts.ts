import { TestClock } from '@sallyport/conformance'
import { authorizer, StoreUnavailableError, type Principal } from '@sallyport/core'
import type { GuardOptions } from '@sallyport/guard'

export const NOW = 1_900_000_000_000

export function principal(userId: string, roles: readonly string[] = [], changes: Partial<Principal> = {}): Principal {
  const times = { authenticatedAt: NOW - 1000, asOf: NOW, expiresAt: NOW + 3_600_000 }
  return { userId, sessionId: `session-of-${userId}`, roles, scopes: [], profile: null, ...times, ...changes }
}

/** Parts of a guard that knows these tokens; `down` is one for which the store has to be asked, and it does not answer. */
export function guardParts(
  people: Readonly<Record<string, Principal>>,
): GuardOptions & { readonly clock: TestClock; readonly reported: readonly unknown[]; ended: Set<string> } {
  const clock = new TestClock(NOW)
  const reported: unknown[] = []
  const ended = new Set<string>()
  const check = (token: string): Principal | null | Promise<Principal | null> =>
    token === 'down' ? Promise.reject(new StoreUnavailableError('planted')) : (people[token] ?? null)
  return {
    authorize: authorizer({ strategy: { check, checkStrictly: async (token) => (ended.has(token) ? null : check(token)) }, clock }),
    clock,
    transports: ['bearer'],
    publicUrl: 'https://auth.example.com',
    allowedOrigins: [],
    onError: (error) => reported.push(error),
    reported,
    ended,
  }
}

export const revocation = { strategy: 'session', accessTokenSeconds: 0, sessionCacheSeconds: 0, maximumSeconds: 900 } as const
