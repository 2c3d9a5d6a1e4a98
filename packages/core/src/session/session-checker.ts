import { nodeCrypto } from '../node-crypto.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionStore } from '../ports/session-store.ts'
import { parseOpaqueToken } from './opaque-token.ts'
import type { Principal } from './principal.ts'
import { scopesOf, type RoleScopes } from './scopes.ts'
import type { Session } from './session.ts'
import type { TokenChecker } from './token-checker.ts'

export interface SessionCheckerDependencies {
  readonly sessions: Pick<SessionStore, 'find'>
  readonly clock: Clock
  readonly roleScopes: RoleScopes
}

/** A checker whose every check, strict or not, is one strongly consistent read. */
export interface SessionChecker extends TokenChecker {
  check(accessToken: string): Promise<Principal | null>
  checkStrictly(accessToken: string): Promise<Principal | null>
}

/**
 * The opaque tokens of the session strategy, checked and nothing else: for guards, which issue and prolong nothing. An ended session is refused from the very next request on. What is no
 * token of ours asks no store. Rejects with `StoreUnavailableError`.
 */
export function sessionChecker({ sessions, clock, roleScopes }: SessionCheckerDependencies): SessionChecker {
  const check = (accessToken: string): Promise<Principal | null> => {
    const reference = parseOpaqueToken(accessToken)
    if (reference === null) return NOBODY
    return sessions
      .find(reference.userId, reference.sessionId)
      .then((session) => (session !== null && provenBy(session, reference.secretHash) ? principalOf(session, clock.now(), roleScopes) : null))
  }
  return { check, checkStrictly: check }
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

const NOBODY: Promise<null> = Promise.resolve(null)
