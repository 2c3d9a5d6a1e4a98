import { randomUUID } from 'node:crypto'
import type { SessionStore, StrategyName } from '@sallyport/core'
import type { Sabotage } from './domain-trial.ts'

/** A domain with one planted fault, and the clauses that must find it. */
export interface DomainMutant {
  readonly name: string
  readonly strategy: StrategyName
  readonly sabotage: Sabotage
  readonly killedBy: readonly string[]
}

const sessionsWith = (change: (sessions: SessionStore) => Partial<SessionStore>): Sabotage => ({
  stores: (stores) => ({ ...stores, sessions: { ...stores.sessions, ...change(stores.sessions) } }),
})

export const domainMutants: readonly DomainMutant[] = [
  {
    name: 'the opaque token is looked up and its secret never compared (CVE-2022-39263)',
    strategy: 'session',
    sabotage: {
      strategy: (right, stores, clock) => ({
        ...right,
        check: async (token) => {
          const [userId = '', sessionId = ''] = token.split('.')
          const session = await stores.sessions.find(userId, sessionId)
          if (session === null) return null
          const { claims, authenticatedAt, expiresAt } = session
          return { userId, sessionId, roles: claims.roles, scopes: [], profile: claims, authenticatedAt, asOf: clock.now(), expiresAt }
        },
      }),
    },
    killedBy: ['D51'],
  },
  {
    name: 'checks are remembered for a minute and ends are not noticed',
    strategy: 'session',
    sabotage: {
      strategy: (right) => {
        const seen = new Map<string, ReturnType<typeof right.check>>()
        return {
          ...right,
          check: (token) => {
            const known = seen.get(token) ?? right.check(token)
            seen.set(token, known)
            return known
          },
        }
      },
    },
    killedBy: ['D11', 'D23'],
  },
  {
    name: 'a refresh moves the absolute expiry too',
    strategy: 'session',
    sabotage: {
      strategy: (right, stores) => ({
        ...right,
        refresh: async (token) => {
          const refreshed = await right.refresh(token)
          if (refreshed.outcome !== 'refreshed') return refreshed
          const { session } = refreshed
          await stores.sessions.end({ userId: session.userId, sessionId: session.id, secretHash: null })
          const longer = { ...session, expiresAt: session.expiresAt + session.idleExpiresAt - session.createdAt }
          await stores.sessions.create(longer)
          return { ...refreshed, session: longer }
        },
      }),
    },
    killedBy: ['D12', 'D21'],
  },
  {
    name: 'the successor is random instead of a function of session and counter',
    strategy: 'jwt',
    sabotage: {
      strategy: (right) => ({
        ...right,
        refresh: async (token) => {
          const refreshed = await right.refresh(token)
          if (refreshed.outcome !== 'refreshed') return refreshed
          return { ...refreshed, credentials: { ...refreshed.credentials, refreshToken: `${refreshed.credentials.refreshToken}${randomUUID()}` } }
        },
      }),
    },
    killedBy: ['D16', 'D17'],
  },
  {
    name: 'a reused refresh token is refused and its session lives on (RFC 9700 section 4.14)',
    strategy: 'jwt',
    sabotage: sessionsWith((sessions) => ({
      rotate: async (rotation) => {
        const rotated = await sessions.rotate(rotation)
        return rotated.outcome === 'reused' ? { outcome: 'absent' } : rotated
      },
    })),
    killedBy: ['D18', 'D19'],
  },
  {
    name: 'reuse ends the session in this process only',
    strategy: 'jwt',
    sabotage: {
      recent: (sessions) => {
        const ended = new Set<string>()
        return {
          ...sessions,
          end: async (key) => {
            ended.add(key.sessionId)
            return true
          },
          rotate: async (rotation) => (ended.has(rotation.sessionId) ? { outcome: 'absent' } : sessions.rotate(rotation)),
        }
      },
    },
    killedBy: ['D18', 'D23'],
  },
  {
    name: 'rotation without grace: the loser of a race is a thief',
    strategy: 'jwt',
    sabotage: sessionsWith((sessions) => ({ rotate: (rotation) => sessions.rotate({ ...rotation, graceMs: 0 }) })),
    killedBy: ['D16', 'D17'],
  },
  {
    name: 'a grace without end',
    strategy: 'jwt',
    sabotage: sessionsWith((sessions) => ({ rotate: (rotation) => sessions.rotate({ ...rotation, graceMs: 365 * 86_400_000 }) })),
    killedBy: ['D18'],
  },
  {
    name: 'ends are not remembered by the instance that did them',
    strategy: 'jwt',
    sabotage: { recent: (sessions) => sessions },
    killedBy: ['D23', 'D30', 'D33'],
  },
  {
    name: 'the verifier does not look at exp',
    strategy: 'jwt',
    sabotage: {
      verifier: (right) => {
        const good = new Map<string, ReturnType<typeof right.verify>>()
        return {
          trust: (keys) => right.trust(keys),
          verify: (token) => {
            const verification = right.verify(token)
            if (verification.ok) good.set(token, verification)
            return good.get(token) ?? verification
          },
        }
      },
    },
    killedBy: ['D22', 'D42'],
  },
  {
    name: 'a strict rule trusts the token',
    strategy: 'jwt',
    sabotage: { strategy: (right) => ({ ...right, checkStrictly: async (token) => right.check(token) }) },
    killedBy: ['D23', 'D39'],
  },
  {
    name: 'an unreadable store counts as a good session',
    strategy: 'session',
    sabotage: {
      authentication: (right) => ({
        ...right,
        authorize: async (token, rule) => {
          try {
            return await right.authorize(token, rule)
          } catch {
            return { allowed: true, principal: null }
          }
        },
      }),
    },
    killedBy: ['D39'],
  },
  {
    name: 'an unreadable store counts as a signed-out user',
    strategy: 'session',
    sabotage: {
      authentication: (right) => ({
        ...right,
        authorize: async (token, rule) => {
          try {
            return await right.authorize(token, rule)
          } catch {
            return { allowed: false, refusal: 'unauthenticated', principal: null }
          }
        },
      }),
    },
    killedBy: ['D39'],
  },
  {
    name: 'no hash is compared for an unknown address',
    strategy: 'jwt',
    sabotage: {
      hasher: (right) => ({
        hash: (password) => right.hash(password),
        verify: async (password, stored) => (stored === null ? { matches: false, needsRehash: false } : right.verify(password, stored)),
      }),
    },
    killedBy: ['D2'],
  },
  {
    name: 'the floor is not raised: a sign-in that raced a change of password wins',
    strategy: 'session',
    sabotage: sessionsWith((sessions) => ({ endAll: (key) => sessions.endAll({ ...key, floor: 0 }) })),
    killedBy: ['D3', 'D4'],
  },
  {
    name: 'a change of password ends no session',
    strategy: 'session',
    sabotage: sessionsWith(() => ({ endAll: async () => 0 })),
    killedBy: ['D27', 'D36'],
  },
  {
    name: 'a floor below the version is not noticed at the sign-in',
    strategy: 'jwt',
    sabotage: sessionsWith((sessions) => ({
      create: async (session) => {
        const created = await sessions.create(session)
        return created.outcome === 'created' ? { ...created, floor: session.credentialsVersion } : created
      },
    })),
    killedBy: ['D36'],
  },
  {
    name: 'an end that failed is told as a success (CVE-2020-15223)',
    strategy: 'jwt',
    sabotage: {
      authentication: (right) => ({ ...right, logOut: (tokens, context) => right.logOut(tokens, context).catch(() => 'ended' as const) }),
    },
    killedBy: ['D32'],
  },
  {
    name: 'limits are counted by each instance for itself',
    strategy: 'jwt',
    sabotage: {
      authentication: (right) => {
        let admitted = 0
        return {
          ...right,
          limit: async (limits, request) => {
            const admission = await right.limit([], request)
            return ++admitted > (limits[1]?.limit ?? 1) ? { ...admission, admitted: false, retryAfterSeconds: 1 } : admission
          },
        }
      },
    },
    killedBy: ['D14', 'D47'],
  },
  {
    name: 'one-time tokens outlive the password',
    strategy: 'session',
    sabotage: { stores: (stores) => ({ ...stores, oneTimeTokens: { ...stores.oneTimeTokens, endAll: async () => {} } }) },
    killedBy: ['D27', 'D29'],
  },
  {
    name: 'every start makes a key of its own',
    strategy: 'jwt',
    sabotage: {
      stores: (stores) => ({
        ...stores,
        keys: {
          ...stores.keys,
          insert: async (key) => {
            let generation = key.generation
            while ((await stores.keys.insert({ ...key, generation })) === 'exists') generation++
            return 'inserted'
          },
        },
      }),
    },
    killedBy: ['D40'],
  },
]
