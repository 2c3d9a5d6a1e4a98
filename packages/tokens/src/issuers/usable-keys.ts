import { ConfigurationError, type PublicJwk, type SignatureAlgorithm } from '@sallyport/core'
import { trustedKey } from '../trusted-key.ts'

const KEY_TYPES: Readonly<Record<SignatureAlgorithm, string>> = { RS256: 'RSA', ES256: 'EC', EdDSA: 'OKP' }

type Jwk = Readonly<Record<string, unknown>>

/**
 * The keys of a foreign set that may be trusted, in its order. Skipped are those for encryption, symmetric, private, weak or broken ones, those without a kid, with another
 * algorithm than the allowed, and all of one kid that is there more than once. A key that names no algorithm gets the one of its type (RFC 7517 section 4.4 leaves it out
 * as Entra ID does), never the token's.
 *
 * @throws ConfigurationError when none is left.
 */
export function usableKeys(
  keys: readonly unknown[],
  algorithms: readonly SignatureAlgorithm[],
  acceptsKey: (jwk: Jwk) => boolean,
): readonly PublicJwk[] {
  const usable = keys.flatMap((key) => {
    const jwk = normalized(key, algorithms)
    return jwk !== null && acceptsKey(key as Jwk) && isTrusted(jwk) ? [jwk] : []
  })
  const unique = usable.filter(({ kid }) => usable.filter((other) => other.kid === kid).length === 1)
  if (unique.length === 0) throw new ConfigurationError('A key set has no usable key.')
  return unique
}

function normalized(key: unknown, algorithms: readonly SignatureAlgorithm[]): PublicJwk | null {
  if (!isObject(key)) return null
  const { kty, alg, use, key_ops: operations } = key
  if ((use ?? 'sig') !== 'sig' || (Array.isArray(operations) && !operations.includes('verify'))) return null
  const algorithm = algorithms.find((each) => (alg === undefined ? KEY_TYPES[each] === kty : each === alg))
  return algorithm === undefined ? null : ({ ...key, alg: algorithm, use: 'sig' } as unknown as PublicJwk)
}

function isTrusted(jwk: PublicJwk): boolean {
  try {
    trustedKey(jwk)
    return true
  } catch {
    return false
  }
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
