import { ConfigurationError, type TokenChecker } from '@sallyport/core'
import type { HostedChecker } from './hosted-issuers.ts'

export interface OwnAndHostedOptions {
  /** Our credential strategy, or `sallyportIssuer` where there is no store. */
  readonly own: TokenChecker
  /** The `iss` of our own tokens. */
  readonly issuer: string
  readonly hosted: HostedChecker
}

/**
 * Our own tokens and hosted ones behind one guard. A token that names a hosted issuer goes there, everything else, opaque tokens included, to our own strategy; neither is
 * asked about what the other refused. Under a strict rule hosted tokens are nobody's.
 *
 * @throws ConfigurationError when we ourselves are among the hosted issuers.
 */
export function ownAndHosted({ own, issuer, hosted }: OwnAndHostedOptions): TokenChecker {
  if (!issuer || hosted.issuers.includes(issuer)) throw new ConfigurationError('Our own issuer is none of the hosted ones.')
  const { checkStrictly } = own
  return {
    check: (token) => (hosted.recognizes(token) ? hosted.check(token) : own.check(token)),
    checkStrictly: checkStrictly === null ? null : (token) => (hosted.recognizes(token) ? Promise.resolve(null) : checkStrictly(token)),
  }
}
