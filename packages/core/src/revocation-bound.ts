import { ConfigurationError } from './errors.ts'
import type { StrategyName } from './session/credential-strategy.ts'

export interface RevocationSettings {
  readonly strategy: StrategyName
  readonly accessTokenSeconds: number
  /** How long a gateway keeps an authorizer's verdict; 0 where there is none. It knows nothing of the token's expiry. */
  readonly authorizerTtlSeconds: number
  /** How long a guard keeps a session it has read; 0 where it reads each time. */
  readonly sessionCacheSeconds: number
  /** A configuration above this is refused. */
  readonly maximumSeconds: number
}

/**
 * After how many seconds an ended session is refused everywhere, at the latest. In the jwt strategy a token lives on until it expires, and a gateway may
 * have stored its verdict just before: the two add up (docs/decisions/0004-revocation-bound-adds-up.md). The cache of verified tokens adds nothing:
 * it never outlives the token. Throws `ConfigurationError` above the maximum.
 */
export function revocationBoundSeconds(settings: RevocationSettings): number {
  const life = settings.strategy === 'jwt' ? settings.accessTokenSeconds : settings.sessionCacheSeconds
  const bound = life + settings.authorizerTtlSeconds
  if (bound > settings.maximumSeconds) {
    throw new ConfigurationError(
      `An ended session could be accepted for ${bound} s; the maximum is ${settings.maximumSeconds} s. Shorten the access token or the authorizer's cache.`,
    )
  }
  return bound
}
