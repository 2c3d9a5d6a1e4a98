import type { Instant } from '../instant.ts'
import { SECOND } from '../instant.ts'

export interface Lifetimes {
  /** A session that is not refreshed for this long is over (OWASP ASVS 7.3.1). */
  readonly idleSeconds: number
  /** A session is over this long after its sign-in, however often it was refreshed (OWASP ASVS 7.3.2). */
  readonly absoluteSeconds: number
  /** Life of an access token in the jwt strategy. */
  readonly accessTokenSeconds: number
  /** For how long a concurrent loser of a rotation is answered with the same successor. */
  readonly refreshGraceSeconds: number
}

export function idleExpiry(now: Instant, lifetimes: Lifetimes): Instant {
  return now + lifetimes.idleSeconds * SECOND
}
