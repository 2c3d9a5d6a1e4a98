import { createPrivateKey, createPublicKey, KeyObject, sign, verify, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import { InvariantError, type PrivateKey, type PublicJwk, type SignatureAlgorithm, type TokenSigner } from '@sallyport/core'
import { hasClaims } from './claims.ts'
import { encodeSegment, headerSegment, MAX_TOKEN_LENGTH } from './compact-jws.ts'
import { rawFromDer } from './ecdsa-signature.ts'
import { publicMembers } from './public-key-set.ts'

const RSA_BITS = 2048

/** By callback, that is on the thread pool: an RS256 signature takes a quarter of a millisecond, in which the event loop serves others. */
const signInPool: (digest: string | null, data: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign)

/**
 * Makes keys with jose and signs with node:crypto. Stateless.
 *
 * @throws InvariantError from `importPrivate` when the two halves are not one pair, and from `sign` when the verifier would refuse the token (a
 * claim missing or of the wrong type, more than 8 KiB): better at the sign-in than at every request after it.
 */
export function tokenSigner(): TokenSigner {
  return {
    async generate(algorithm) {
      // Once in the life of a key: no start should wait for it.
      const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose')
      const { publicKey, privateKey } = await generateKeyPair(algorithm, { modulusLength: RSA_BITS, extractable: true })
      const members = await exportJWK(publicKey)
      const kid = await calculateJwkThumbprint(members)
      const publicJwk = publicMembers({ ...members, kid, alg: algorithm, use: 'sig' } as PublicJwk)
      return { publicJwk, privateJwk: JSON.stringify(await exportJWK(privateKey)) }
    },

    async importPrivate(privateJwk, publicJwk) {
      const handle = readPrivate(privateJwk)
      await provePair(handle, publicJwk)
      return { kid: publicJwk.kid, algorithm: publicJwk.alg, handle }
    },

    async sign(payload, key) {
      if (!hasClaims(payload)) throw new InvariantError('An access token lacks a claim or has one of the wrong type.')
      const input = `${headerSegment(key.algorithm, key.kid)}.${encodeSegment(JSON.stringify(payload))}`
      const signature = await signBytes(Buffer.from(input, 'latin1'), key.algorithm, handleOf(key))
      const token = `${input}.${signature.toString('base64url')}`
      if (token.length > MAX_TOKEN_LENGTH) throw new InvariantError(`An access token is longer than ${MAX_TOKEN_LENGTH} characters.`)
      return token
    },
  }
}

async function signBytes(data: Buffer, algorithm: SignatureAlgorithm, key: KeyObject): Promise<Buffer> {
  const signature = await signInPool(algorithm === 'EdDSA' ? null : 'sha256', data, key)
  return algorithm === 'ES256' ? rawFromDer(signature) : signature
}

function handleOf({ handle }: PrivateKey): KeyObject {
  if (handle instanceof KeyObject && handle.type === 'private') return handle
  throw new InvariantError('This private key was not imported by this signer.')
}

/** The cause is left out: a JSON error quotes its input, which is the private key. */
function readPrivate(privateJwk: string): KeyObject {
  try {
    return createPrivateKey({ key: JSON.parse(privateJwk) as JsonWebKey, format: 'jwk' })
  } catch {
    throw new InvariantError('A private key is not a private JWK.')
  }
}

/** A signature by the one that the other verifies: comparing members would believe what the private half says of itself (the pair-wise consistency test of ISO/IEC 19790). */
async function provePair(privateKey: KeyObject, publicJwk: PublicJwk): Promise<void> {
  const probe = Buffer.from('sallyport key pair')
  const digest = publicJwk.alg === 'EdDSA' ? null : 'sha256'
  let isPair: boolean
  try {
    const publicKey = createPublicKey({ key: { ...publicMembers(publicJwk) }, format: 'jwk' })
    isPair = fits(publicJwk.alg, privateKey) && verify(digest, probe, publicKey, await signInPool(digest, probe, privateKey))
  } catch (cause) {
    throw new InvariantError('A private key cannot sign for its public key.', { cause })
  }
  if (!isPair) throw new InvariantError('A private key does not belong to its public key.')
}

function fits(algorithm: SignatureAlgorithm, { asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (algorithm === 'RS256') return asymmetricKeyType === 'rsa'
  if (algorithm === 'EdDSA') return asymmetricKeyType === 'ed25519'
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1'
}
