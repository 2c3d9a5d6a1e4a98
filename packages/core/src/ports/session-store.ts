import type { Instant } from '../instant.ts'
import type { Claims, Session, SessionId } from '../session/session.ts'
import type { UserId } from '../user/user.ts'

/** The floor under which no session can ever be created again: the user is gone. Kept for {@link CLOSED_FLOOR_KEPT_MS}, longer than any request lives, then forgotten. */
export const CLOSED_FLOOR: number = Number.MAX_SAFE_INTEGER
export const CLOSED_FLOOR_KEPT_MS: number = 24 * 60 * 60 * 1000

/** `created` tells the floor as it is, which `create` never raises: below the session's version (above the first), an `endAll` was cut short and the caller repeats it. */
export type CreateSessionOutcome =
  { readonly outcome: 'created'; readonly floor: number } | { readonly outcome: 'credentials-outdated' | 'claims-outdated' }

export interface Rotation {
  readonly userId: UserId
  readonly sessionId: SessionId
  /** The counter of the presented refresh token, whose mac was checked before. */
  readonly counter: number
  readonly graceMs: number
  readonly idleExpiresAt: Instant
}

export type RotateOutcome = { readonly outcome: 'rotated' | 'repeated'; readonly session: Session } | { readonly outcome: 'reused' | 'absent' }

export interface SessionPage {
  readonly sessions: readonly Session[]
  /** Opaque; `null` on the last page. */
  readonly cursor: string | null
}

/**
 * Sessions by the primary key (user id, session id), and for each user the floor: the credentials version below which no session can be created. Every read is
 * strongly consistent. An expired session is absent from its expiry instant on, whether its row is still there or not (S5, S6).
 * Every method throws `StoreUnavailableError` (`store-unavailable`) when it cannot know the outcome, and then may have had its effect: see "twice".
 */
export interface SessionStore {
  /**
   * Stores the session unless the user's floor is above its `credentialsVersion` (`credentials-outdated`, S2) or `rewriteClaims` has seen a newer
   * `claims.version` (`claims-outdated`, S3); then nothing is stored. A user without floor has floor 0.
   * - twice: the same session id is the own write: `created` again, nothing changes (S4).
   * - at once with `endAll`: the session is refused, or it is ended; never alive below the floor (S7).
   */
  create(session: Session): Promise<CreateSessionOutcome>

  /** The live session, in one read by primary key; `null` when absent, expired or another user's (S1, S5, S6, S8). */
  find(userId: UserId, sessionId: SessionId): Promise<Session | null>

  /**
   * One conditional write: the stored counter becomes `counter + 1`, `rotatedAt` now, `idleExpiresAt` as given.
   * - stored counter `<= counter`: `rotated` (S9). A lower one means that the store lost writes; the checked mac proves the token (S10).
   * - stored counter `counter + 1` and now before `rotatedAt + graceMs`: `repeated`, unchanged: the caller derives the very same successor (S11, S13).
   * - any other stored counter: `reused`, unchanged; the caller ends the session (S12). Absent or expired: `absent`, nothing is created (S14).
   * - twice or at once: exactly one gets `rotated`, the others `repeated` (S15).
   */
  rotate(rotation: Rotation): Promise<RotateOutcome>

  /** Sets `idleExpiresAt` of the live session with that `secretHash`, in one conditional write; the session as stored then, `null` when there is none or its hash differs (S16, S17). Twice: the same. */
  prolong(key: {
    readonly userId: UserId
    readonly sessionId: SessionId
    readonly secretHash: string
    readonly idleExpiresAt: Instant
  }): Promise<Session | null>

  /** Ends one session, if `secretHash` is `null` or its own (S18). `true` when a live one ended by this call, `false` otherwise; durable before it returns. Twice or at once: one `true` (S19). */
  end(key: { readonly userId: UserId; readonly sessionId: SessionId; readonly secretHash: string | null }): Promise<boolean>

  /**
   * Raises the floor to `floor` (never lowers it, S20), then ends every session of the user but `except`, however many there are (S21, S22); durable before it returns.
   * The excepted session lives on as it is. Returns how many live ones this call ended. Twice: ends what is left. Other users' sessions are untouched (S23).
   * With `CLOSED_FLOOR` nothing of the user stays behind after `CLOSED_FLOOR_KEPT_MS` (S24).
   */
  endAll(key: { readonly userId: UserId; readonly floor: number; readonly except: SessionId | null }): Promise<number>

  /** At most `limit` (1 to 100) live sessions in no promised order; each that lives throughout appears exactly once over the pages (S25). `cursor: null` starts. */
  list(page: { readonly userId: UserId; readonly limit: number; readonly cursor: string | null }): Promise<SessionPage>

  /**
   * Puts `claims` into every session of the user whose claims are of a lower version, and refuses later `create`s with lower ones (S3, S26). Older claims never
   * replace newer ones, in any order (S27). Touches nothing else of a session: a rotation at once is not lost (S28). Twice: the same.
   */
  rewriteClaims(userId: UserId, claims: Claims): Promise<void>
}
