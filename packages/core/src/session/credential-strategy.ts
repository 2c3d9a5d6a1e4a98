import type { UserId } from '../user/user.ts'
import type { Credentials } from './credentials.ts'
import type { Principal } from './principal.ts'
import type { Session, SessionId } from './session.ts'

export type StrategyName = 'session' | 'jwt'

/** Which session a presented token belongs to, proven by the token itself (mac or signature) or to be proven by the store (`secretHash`). */
export interface SessionReference {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly secretHash: string | null
}

export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly session: Session; readonly credentials: Credentials }
  /** The token is not one of ours, or its session is over. */
  | { readonly outcome: 'refused' }
  /** A superseded token after the grace: its session was ended, durably, before this was returned (RFC 9700 section 4.14.2). */
  | { readonly outcome: 'reused'; readonly reference: SessionReference }

/**
 * What travels on each request, and what that costs. Sessions are the same in both strategies; nothing else in the core knows which is in force.
 * Tokens that are not ours are refused without asking a store. Throws `StoreUnavailableError` when the store cannot be asked.
 */
export interface CredentialStrategy {
  readonly name: StrategyName
  /** The secret of a session to be; `null` twice where the strategy needs none. */
  newSecret(): { readonly secret: string | null; readonly secretHash: string | null }
  /** The credentials of a session that was just stored. */
  issue(session: Session, secret: string | null): Promise<Credentials>
  /** Who presents this access token; `null` when it is worth nothing. A value and not a promise where no store is read: this runs on every request. */
  check(accessToken: string): Principal | null | Promise<Principal | null>
  /** As `check`, and always as the store has it now: one read in both strategies. */
  checkStrictly(accessToken: string): Promise<Principal | null>
  /** New credentials for a refresh token (jwt strategy), or the same for longer (session strategy): one conditional write. */
  refresh(token: string): Promise<RefreshOutcome>
  /** The session of an access or refresh token, for ending it: an access token that has expired proves nothing, a superseded refresh token still does. `null` when the token is not ours. */
  identify(token: string): SessionReference | null
}
