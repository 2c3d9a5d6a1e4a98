import { nodeCrypto } from '../node-crypto.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { CredentialStrategy, RefreshOutcome } from './credential-strategy.ts'
import type { Credentials } from './credentials.ts'
import { idleExpiry, type Lifetimes } from './lifetimes.ts'
import { formatOpaqueToken, newSecret, parseOpaqueToken } from './opaque-token.ts'
import type { Principal } from './principal.ts'
import { scopesOf, type RoleScopes } from './scopes.ts'
import type { Session } from './session.ts'
import { InvariantError } from '../errors.ts'

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

  const check = (accessToken: string): Promise<Principal | null> => {
    const reference = parseOpaqueToken(accessToken)
    if (reference === null) return NOBODY
    return sessions
      .find(reference.userId, reference.sessionId)
      .then((session) => (session !== null && provenBy(session, reference.secretHash) ? principalOf(session, clock.now(), roleScopes) : null))
  }

  return {
    name: 'session',
    newSecret: () => newSecret(random),
    issue: (session, secret) =>
      secret === null
        ? Promise.reject(new InvariantError('A session of the session strategy has a secret'))
        : Promise.resolve(credentialsOf(session, formatOpaqueToken(session, secret))),
    check,
    checkStrictly: check,
    refresh: async (token): Promise<RefreshOutcome> => {
      const reference = parseOpaqueToken(token)
      if (reference === null) return { outcome: 'refused' }
      const session = await sessions.prolong({ ...reference, idleExpiresAt: idleExpiry(clock.now(), lifetimes) })
      return session === null ? { outcome: 'refused' } : { outcome: 'refreshed', session, credentials: credentialsOf(session, token) }
    },
    identify: parseOpaqueToken,
  }
}

/** What a stored session says about who is asking. */
export function principalOf(session: Session, asOf: number, roleScopes: RoleScopes): Principal {
  return {
    userId: session.userId,
    sessionId: session.id,
    roles: session.claims.roles,
    scopes: scopesOf(session.claims.roles, roleScopes),
    profile: session.claims,
    authenticatedAt: session.authenticatedAt,
    asOf,
    expiresAt: Math.min(session.idleExpiresAt, session.expiresAt),
  }
}

const HASH_LENGTH = 43
const [stored, presented] = [Buffer.alloc(HASH_LENGTH), Buffer.alloc(HASH_LENGTH)]

/** Both are SHA-256 in base64url: of one length, compared in constant time, in memory that is kept for it. */
function provenBy(session: Session, secretHash: string): boolean {
  if (session.secretHash?.length !== HASH_LENGTH || secretHash.length !== HASH_LENGTH) return false
  stored.write(session.secretHash, 'latin1')
  presented.write(secretHash, 'latin1')
  return nodeCrypto.timingSafeEqual(stored, presented)
}

/** What is no token of ours asks no store. */
const NOBODY: Promise<null> = Promise.resolve(null)
