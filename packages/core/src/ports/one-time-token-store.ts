import type { Instant } from '../instant.ts'
import type { UserId } from '../user/user.ts'

export type OneTimeTokenPurpose = 'verify-email' | 'reset-password' | 'change-email'

/** Bound to one user and one purpose (OWASP ASVS 6.5.1); a user has at most one of a purpose. */
export interface OneTimeToken {
  readonly userId: UserId
  readonly purpose: OneTimeTokenPurpose
  /** SHA-256 of the secret in base64url; the secret itself is never stored. */
  readonly hash: string
  /** What the consumer needs, such as the new address; at most 1 KiB. `null` when nothing. */
  readonly payload: string | null
  readonly createdAt: Instant
  /** Cannot be consumed from this instant on. */
  readonly expiresAt: Instant
}

/** Tokens that are used once. Throws `StoreUnavailableError` (`store-unavailable`) when it cannot know the outcome. */
export interface OneTimeTokenStore {
  /** Stores the token; an older one of the same user and purpose is dead from then on (T1, T2). Twice: the same. At once: one of them lives. */
  issue(token: OneTimeToken): Promise<void>

  /**
   * Uses the token up, in one conditional write. `null` when there is none, it expired (T3), its hash differs (T4) or somebody else used it (T5).
   * - twice: the same `attemptId` gets the token again while it is in force, so that a lost answer loses nothing (T6).
   * - at once: exactly one attempt gets the token, all others `null` (T7). A wrong hash leaves the right one usable (T4).
   */
  consume(key: {
    readonly userId: UserId
    readonly purpose: OneTimeTokenPurpose
    readonly hash: string
    readonly attemptId: string
  }): Promise<OneTimeToken | null>

  /** Every token of the user is dead from then on, of every purpose (T8); other users' are untouched (T9). Twice: the same. */
  endAll(userId: UserId): Promise<void>
}
