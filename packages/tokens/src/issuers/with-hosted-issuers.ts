import { ConfigurationError, type Clock, type TokenChecker } from '@sallyport/core'
import { httpsFetch } from './fetch-key-set.ts'
import { hostedIssuers } from './hosted-issuers.ts'
import { issuersFrom, type IssuerEntry } from './issuers-from.ts'
import { ownAndHosted } from './own-and-hosted.ts'

export interface HostedSettings {
  /** `production`: keys come over https alone. */
  readonly mode: string
  /** The `iss` of our own tokens. */
  readonly publicUrl: string
  readonly hostedIssuers: readonly IssuerEntry[]
  /** For how long an ended session may be accepted, seconds. */
  readonly maximumRevocationSeconds: number
  /** For how long of it a gateway in front keeps a verdict, seconds. */
  readonly authorizerTtlSeconds: number
}

export interface WithHostedIssuersOptions {
  readonly own: TokenChecker
  readonly settings: HostedSettings
  readonly clock: Clock
  /** Told every failed fetch of keys. */
  readonly onError: (error: unknown) => void
}

/**
 * `own`, and beside it the issuers of the settings; `own` itself where there are none. A service does not tell us when somebody's access ends, so that a token of it counts as expired when
 * the maximum of the revocation bound is used up, whatever its own life: this long after it was issued, less what a gateway in front adds.
 *
 * @throws ConfigurationError (`configuration`) for issuers that cannot be, and where the gateway's time leaves their tokens none.
 */
export function withHostedIssuers({ own, settings, clock, onError }: WithHostedIssuersOptions): TokenChecker {
  const { mode, publicUrl, hostedIssuers: entries, maximumRevocationSeconds, authorizerTtlSeconds } = settings
  if (entries.length === 0) return own
  const maxTokenAgeSeconds = maximumRevocationSeconds - authorizerTtlSeconds
  if (maxTokenAgeSeconds < 1)
    throw new ConfigurationError(
      'The time for which a gateway keeps verdicts uses up the whole revocation bound, and leaves none for tokens of hosted issuers.',
    )
  const hosted = hostedIssuers({
    issuers: issuersFrom(entries),
    clock,
    fetchKeySet: httpsFetch({ allowLoopbackHttp: mode !== 'production' }),
    maxTokenAgeSeconds,
    cache: { maxEntries: 10_000, maxAgeSeconds: maxTokenAgeSeconds },
    onError,
  })
  return ownAndHosted({ own, issuer: publicUrl, hosted })
}
