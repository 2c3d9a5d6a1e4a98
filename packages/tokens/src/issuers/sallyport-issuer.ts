import { ConfigurationError, principalOfToken, type Clock, type Principal, type SignatureAlgorithm, type TokenChecker } from '@sallyport/core'
import { tokenVerifier } from '../token-verifier.ts'
import type { CacheLimits } from '../verified-cache.ts'
import { httpsFetch, type FetchKeySet } from './fetch-key-set.ts'
import type { JsonWebKeySet } from './hosted-issuer.ts'
import { keySet, type KeySetSettings } from './key-set.ts'
import { requiredText, requiredUrl } from './required.ts'
import { usableKeys } from './usable-keys.ts'

export interface SallyportIssuerOptions extends KeySetSettings {
  /** Where the deployment is reached, without a slash at the end: the `iss` of its tokens. Its keys are at `/.well-known/jwks.json` below it. */
  readonly publicUrl: string
  readonly audience: string
  /** Only tokens of this client, if given. */
  readonly clientId?: string
  readonly clock: Clock
  /** `httpsFetch()` by default. */
  readonly fetchKeySet?: FetchKeySet
  /** Keys brought along at deploy; then nothing is fetched, and a rotation needs another deploy before its new key signs. */
  readonly jwks?: JsonWebKeySet
  readonly cache?: CacheLimits
  /** Told every failed fetch of keys, also where the last good set bridges it. */
  readonly onError?: (error: unknown) => void
}

/** Any of ours: which one signs is set at the deployment, and keys of a former one verify until their last token is over. */
const ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA']

/**
 * Checks Sallyport's own access tokens (jwt strategy) by the key set of the deployment, for authorizers that reach no store. The principal is the one that `jwtStrategy`
 * finds in the same token. What was ended or changed since its issue is not known here: that is the revocation bound, and strict rules let nobody in.
 *
 * @throws ConfigurationError for a missing or impossible argument.
 */
export function sallyportIssuer(options: SallyportIssuerOptions): TokenChecker {
  const { audience, clientId, clock, fetchKeySet = httpsFetch(), jwks, cache, onError = () => undefined } = options
  const issuer = requiredUrl(options.publicUrl, 'publicUrl')
  if (issuer.endsWith('/')) throw new ConfigurationError('The public URL of a deployment has no slash at its end.')
  if (clientId !== undefined) requiredText(clientId, 'clientId')
  const verifier = tokenVerifier({ clock, issuer, audience: requiredText(audience, 'audience'), ...(cache === undefined ? {} : { cache }) })
  const keys = keySet({
    source: jwks === undefined ? { url: `${issuer}/.well-known/jwks.json` } : { jwks },
    adopt: (found) => verifier.trust(usableKeys(found, ALGORITHMS, () => true)),
    clock,
    fetchKeySet,
    settings: options,
    onError,
  })

  const check = (token: string): Principal | null | Promise<Principal | null> => {
    const verification = verifier.verify(token)
    if (!verification.ok && verification.refusal !== 'unknown-key') return null
    const fetching = keys.consult(verification.ok)
    if (fetching !== null) return fetching.then(() => check(token))
    if (!verification.ok) return null
    const { payload } = verification
    return clientId === undefined || payload.client_id === clientId ? principalOfToken(payload) : null
  }

  return { check, checkStrictly: null }
}
