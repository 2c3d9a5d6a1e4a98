import { InvariantError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { CredentialStrategy, RefreshOutcome } from './credential-strategy.ts'
import type { Credentials } from './credentials.ts'
import { idleExpiry, type Lifetimes } from './lifetimes.ts'
import { formatOpaqueToken, newSecret, parseOpaqueToken } from './opaque-token.ts'
import type { RoleScopes } from './scopes.ts'
import { sessionChecker } from './session-checker.ts'
import type { Session } from './session.ts'

export interface SessionStrategyDependencies {
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly random: Random
  readonly lifetimes: Lifetimes
  readonly roleScopes: RoleScopes
}

/** An opaque token; every check is one strongly consistent read, so an ended session is refused from the very next request on. */
export function sessionStrategy({ sessions, clock, random, lifetimes, roleScopes }: SessionStrategyDependencies): CredentialStrategy {
  const credentialsOf = (session: Session, accessToken: string): Credentials => ({
    accessToken,
    accessTokenExpiresAt: Math.min(session.idleExpiresAt, session.expiresAt),
    refreshToken: null,
    sessionExpiresAt: session.expiresAt,
  })

  return {
    name: 'session',
    ...sessionChecker({ sessions, clock, roleScopes }),
    newSecret: () => newSecret(random),
    issue: (session, secret) =>
      secret === null
        ? Promise.reject(new InvariantError('A session of the session strategy has a secret'))
        : Promise.resolve(credentialsOf(session, formatOpaqueToken(session, secret))),
    refresh: async (token): Promise<RefreshOutcome> => {
      const reference = parseOpaqueToken(token)
      if (reference === null) return { outcome: 'refused' }
      const session = await sessions.prolong({ ...reference, idleExpiresAt: idleExpiry(clock.now(), lifetimes) })
      return session === null ? { outcome: 'refused' } : { outcome: 'refreshed', session, credentials: credentialsOf(session, token) }
    },
    identify: parseOpaqueToken,
  }
}
