import type { Instant } from '../instant.ts'
import type { UserId } from '../user/user.ts'
import type { Claims, SessionId } from './session.ts'

/** Who is asking, after a credential was checked. */
export interface Principal {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  /** The user as the credential carries it; `null` when the configuration keeps the profile out of tokens. */
  readonly profile: Claims | null
  readonly authenticatedAt: Instant
  /** As of when all of this is true: now in the session strategy, the token's issue in the jwt strategy. */
  readonly asOf: Instant
  /** The presented credential works until this instant at most. */
  readonly expiresAt: Instant
}
