import type { Instant } from '../instant.ts'

/** What a client holds after a sign-in. Secret: goes to the client and nowhere else. */
export interface Credentials {
  /** The opaque token (session strategy) or the JWT (jwt strategy). */
  readonly accessToken: string
  readonly accessTokenExpiresAt: Instant
  /** `null` in the session strategy: there the access token itself is prolonged. */
  readonly refreshToken: string | null
  /** When the refresh token, or in the session strategy the session, ends at the latest. */
  readonly sessionExpiresAt: Instant
}
