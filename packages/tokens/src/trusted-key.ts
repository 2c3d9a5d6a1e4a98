import type { KeyObject } from 'node:crypto'
import { ConfigurationError, type PublicJwk, type SignatureAlgorithm } from '@sallyport/core'
import { decodeSegment, headerSegment, MAX_KID_LENGTH } from './compact-jws.ts'
import { derFromRaw } from './ecdsa-signature.ts'
import { nodeCrypto } from './node-crypto.ts'

/** A public key that passed every check, ready for use. */
export interface TrustedKey {
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
  readonly key: KeyObject
  /** The header as our signer spells it, and the dot behind it: the whole header check of most tokens is `startsWith`. */
  readonly prefix: string
  /** How long its signatures are in base64url. */
  readonly signatureCharacters: number
}

const MIN_RSA_BITS = 2048
const MIN_RSA_EXPONENT = 65537n
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * RSA of 2048 bits or more with an odd exponent from 65537 (NIST FIPS 186-5 section 5.1), a point on P-256, or Ed25519, each with the one `alg`
 * that belongs to it (RFC 8725 sections 3.1 and 3.5). Everything is checked once here, so that a check of a token need not.
 *
 * @throws ConfigurationError for anything else, and for a JWK with private members, which has no business here.
 */
export function trustedKey(jwk: PublicJwk): TrustedKey {
  const { kid, alg } = jwk
  if (typeof kid !== 'string' || kid.length === 0 || kid.length > MAX_KID_LENGTH) throw refused('kid is missing, empty or too long')
  if (jwk.use !== 'sig') throw refused('use is not "sig"')
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) throw refused('it has private members')
  const key = importKey(alg, jwk)
  const signatureBytes = alg === 'RS256' ? checkRsa(key) : 64
  return { kid, algorithm: alg, key, prefix: `${headerSegment(alg, kid)}.`, signatureCharacters: Math.ceil((signatureBytes * 4) / 3) }
}

/** Only the public members that belong to the algorithm go to the import: a JWK of another family misses some and is refused. */
function importKey(alg: SignatureAlgorithm, { kty, crv, n, e, x, y }: PublicJwk): KeyObject {
  if (alg === 'RS256' && kty === 'RSA') return fromMembers({ kty, n: member(n), e: member(e) })
  if (alg === 'ES256' && kty === 'EC' && crv === 'P-256') return fromMembers({ kty, crv, x: member(x, 32), y: member(y, 32) })
  if (alg === 'EdDSA' && kty === 'OKP' && crv === 'Ed25519') return fromMembers({ kty, crv, x: member(x, 32) })
  throw refused('kty, crv and alg are not RSA with RS256, P-256 with ES256 or Ed25519 with EdDSA')
}

function member(value: string | undefined, bytes?: number): string {
  const decoded = typeof value === 'string' ? decodeSegment(value) : null
  if (decoded === null || (bytes !== undefined && decoded.length !== bytes)) throw refused('a member is not canonical base64url of the right length')
  return value!
}

function fromMembers(members: Record<string, string>): KeyObject {
  try {
    return nodeCrypto.createPublicKey({ key: members, format: 'jwk' })
  } catch (cause) {
    throw refused('its numbers are not a public key', cause)
  }
}

/** The length of its signatures in bytes. */
function checkRsa(key: KeyObject): number {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < MIN_RSA_BITS) throw refused(`RSA modulus shorter than ${MIN_RSA_BITS} bits`)
  if (publicExponent < MIN_RSA_EXPONENT || publicExponent % 2n === 0n) throw refused(`RSA exponent below ${MIN_RSA_EXPONENT} or even`)
  return Math.ceil(modulusLength / 8)
}

function refused(reason: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`A public key cannot be trusted: ${reason}.`, { cause })
}

/** Whether `signature`, in JOSE's form, is this key's over `input`. Synchronous: the hop to the thread pool costs more than an RSA check itself. */
export function isSignedBy({ algorithm, key }: TrustedKey, input: Buffer, signature: Buffer): boolean {
  if (algorithm === 'RS256') return nodeCrypto.verify('sha256', input, key, signature)
  if (algorithm === 'EdDSA') return nodeCrypto.verify(null, input, key, signature)
  const der = derFromRaw(signature)
  return der !== null && nodeCrypto.verify('sha256', input, key, der)
}

const MEMBERS = ['kid', 'alg', 'use', 'kty', 'crv', 'n', 'e', 'x', 'y'] as const

/** Whether both are the same keys in the same order. */
export function sameKeys(a: readonly PublicJwk[], b: readonly PublicJwk[]): boolean {
  return a.length === b.length && a.every((key, index) => MEMBERS.every((name) => key[name] === b[index]![name]))
}
