import type { Instant } from '../instant.ts'
import type { Attributes, User, UserId } from '../user/user.ts'

/** 128 random bits in base64url: 22 characters. Public by itself: it appears in lists and logs and opens nothing. */
export type SessionId = string

/**
 * What travels with a session: inside the session record (session strategy) and inside the access token (jwt strategy). A copy of the user
 * as of `version`, rewritten by `SessionStore.rewriteClaims` when the user changes.
 */
export interface Claims {
  /** `User.version` these were taken from. */
  readonly version: number
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly attributes: Attributes
}

/** What the owner sees in the list of devices. Never used for a decision. */
export interface Client {
  /** At most 256 characters, control characters removed. */
  readonly userAgent: string | null
  /** The network (IPv4 /24, IPv6 /64) the sign-in came from, never the full address. */
  readonly network: string | null
}

/** One sign-in on one device, for both strategies. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  /** SHA-256 of the opaque token's secret in base64url (session strategy); `null` in the jwt strategy. */
  readonly secretHash: string | null
  /** How often the refresh token was rotated. The first refresh token carries 0. */
  readonly counter: number
  /** When `counter` last rose; `createdAt` before the first time. */
  readonly rotatedAt: Instant
  readonly createdAt: Instant
  /** When the user last proved who they are. Rules that demand a fresh sign-in compare with this. */
  readonly authenticatedAt: Instant
  /** From this instant on the session is over unless it was prolonged before. */
  readonly idleExpiresAt: Instant
  /** From this instant on the session is over, whatever happened. */
  readonly expiresAt: Instant
  /** `User.credentialsVersion` that was checked at the sign-in. */
  readonly credentialsVersion: number
  readonly claims: Claims
  readonly client: Client
}

/** A session is over AT its expiry instant, not after it. Every store asks this on every read and inside every conditional write. */
export function isLive(session: Pick<Session, 'idleExpiresAt' | 'expiresAt'>, now: Instant): boolean {
  return now < session.idleExpiresAt && now < session.expiresAt
}

export function claimsOf(user: User): Claims {
  const { version, email, emailVerified, name, roles, attributes } = user
  return { version, email, emailVerified, name, roles, attributes }
}
