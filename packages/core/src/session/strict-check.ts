import type { Clock } from '../ports/clock.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { RoleScopes } from './scopes.ts'
import { principalOf } from './session-checker.ts'
import type { TokenChecker } from './token-checker.ts'

export interface StrictCheckDependencies {
  /** Of tokens that carry the session they belong to; others are nobody here. */
  readonly check: TokenChecker['check']
  readonly sessions: Pick<SessionStore, 'find'>
  readonly clock: Clock
  readonly roleScopes: RoleScopes
}

/**
 * The strict check of a token that is good by itself: one read of its session, so an ended one is refused at once and roles are those of now. The credential still works
 * only until the token expires. Throws `StoreUnavailableError`.
 */
export function strictCheck({ check, sessions, clock, roleScopes }: StrictCheckDependencies): NonNullable<TokenChecker['checkStrictly']> {
  return async (accessToken) => {
    const claimed = await check(accessToken)
    if (claimed === null) return null
    const session = await sessions.find(claimed.userId, claimed.sessionId)
    return session === null ? null : { ...principalOf(session, clock.now(), roleScopes), expiresAt: claimed.expiresAt }
  }
}
