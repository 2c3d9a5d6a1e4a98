import type { Identity, IdentityKey, User, UserId } from '../user/user.ts'

/** A write that must land whole or not at all: the user, and one of its identities when that changes with it. */
export interface UserChange {
  /** The whole user as it shall be; stored only while the stored version is `user.version - 1`. */
  readonly user: User
  /** Replaces the stored identity of the same key; `null` leaves all identities as they are. */
  readonly identity: Identity | null
  /** Names this attempt: a repetition after a lost answer is recognised by it. Fresh for every attempt of a use case, kept across its retries. */
  readonly attemptId: string
}

export interface UserMove extends Omit<UserChange, 'identity'> {
  readonly from: IdentityKey
  readonly to: Identity
}

export interface UserPage {
  readonly users: readonly User[]
  /** Opaque; `null` on the last page. */
  readonly cursor: string | null
}

/**
 * Users and what proves them. Every read is strongly consistent but `list`. What comes back is the caller's own: changing it changes nothing stored.
 * Every method throws `StoreUnavailableError` (`store-unavailable`) when it cannot know the outcome, and then may have had its effect: see "twice".
 */
export interface UserStore {
  /**
   * Stores the user together with its first identity, if nobody holds that identity's key.
   * - twice: the same user id with the same key is recognised as the own write: `created` again, nothing changes (U2). A known user id with another key: `identity-taken`.
   * - at once: exactly one of any number gets `created`, all others `identity-taken`, and of a loser no row stays behind (U3, U4).
   */
  create(user: User, identity: Identity): Promise<'created' | 'identity-taken'>

  /** The user; `null` when absent (U5). */
  find(userId: UserId): Promise<User | null>

  /** The user and the identity of exactly that key, in one round trip and as of one instant; `null` when absent (U1, U6). Never matches by prefix (U7). */
  findByIdentity(key: IdentityKey): Promise<{ readonly user: User; readonly identity: Identity } | null>

  /** All identities of the user in no promised order; empty when absent (U8). */
  identities(userId: UserId): Promise<readonly Identity[]>

  /**
   * Stores `change.user` while the stored version is one below its own.
   * - absent: `absent`; it never creates (U9). An identity the user does not hold: `absent`, and nothing is written (U10).
   * - twice: a stored user of exactly that version and `attemptId` is the own write: `replaced` again (U11).
   * - at once: exactly one of the writers from one version gets `replaced`, all others `changed-meanwhile` (U12). User and identity land together (U13).
   */
  replace(change: UserChange): Promise<'replaced' | 'changed-meanwhile' | 'absent'>

  /**
   * `replace`, and in the same operation gives up the identity `from` and takes `to`, if nobody holds `to` (U14).
   * - a stale version: `changed-meanwhile`, before anything else is judged. A user that is gone or does not hold `from`: `absent`. `to` held by anybody: `identity-taken`, and `from` still works (U15).
   * - twice: as `replace` (U16). At once: of those that want one key exactly one gets it (U17); `from` is free for others from then on (U14).
   */
  moveIdentity(move: UserMove): Promise<'replaced' | 'changed-meanwhile' | 'identity-taken' | 'absent'>

  /**
   * Deletes the user with all its identities; their keys are free from then on (U18). `true` when there was one, `false` otherwise (U19).
   * At once with a `replace` or `moveIdentity` of the same user: whoever is later finds it gone or leaves nothing behind (U20).
   */
  delete(userId: UserId): Promise<boolean>

  /** At most `limit` (1 to 100) users in no promised order; pages may lag behind writes. A user that stays throughout appears exactly once (U21). `cursor: null` starts. */
  list(page: { readonly limit: number; readonly cursor: string | null }): Promise<UserPage>
}
