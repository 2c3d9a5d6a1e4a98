import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import type { TokenParts } from '@sallyport/conformance'
import { ConfigurationError, type AccessTokenPayload, type Clock, type PublicJwk, type TokenVerification, type TokenVerifier } from '@sallyport/core'

// Just enough of access tokens (ES256) for the domain kit to run over a store: stores know nothing of the package that has them in earnest.

const SEAL = randomBytes(32)
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const ieee = (key: KeyObject): { readonly key: KeyObject; readonly dsaEncoding: 'ieee-p1363' } => ({ key, dsaEncoding: 'ieee-p1363' })

export const tokenParts: TokenParts = {
  signer: {
    async generate(algorithm) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { crv, kty, x, y } = publicKey.export({ format: 'jwk' }) as Record<'crv' | 'kty' | 'x' | 'y', string>
      const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
      return { publicJwk: { kty, kid, alg: algorithm, use: 'sig', crv, x, y }, privateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })) }
    },
    async importPrivate(privateJwk, { kid, alg }) {
      return { kid, algorithm: alg, handle: createPrivateKey({ key: JSON.parse(privateJwk) as Record<string, string>, format: 'jwk' }) }
    },
    async sign(payload, { kid, algorithm, handle }) {
      const signed = `${encoded({ alg: algorithm, kid, typ: 'at+jwt' })}.${encoded(payload)}`
      return `${signed}.${sign('sha256', Buffer.from(signed), ieee(handle as KeyObject)).toString('base64url')}`
    },
  },
  wrapper: {
    async wrap(plain, kid) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', SEAL, iv).setAAD(Buffer.from(kid))
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    async unwrap(sealed, kid) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', SEAL, bytes.subarray(0, 12)).setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(12, 28))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString()
      } catch (cause) {
        throw new ConfigurationError('no secret opens it', { cause })
      }
    },
  },
  verifier,
}

function verifier({ clock, issuer, audience }: { readonly clock: Clock; readonly issuer: string; readonly audience: string }): TokenVerifier {
  let trusted = new Map<string, KeyObject>()

  function check(token: string): TokenVerification {
    const [header = '', body = '', signature = '', ...more] = token.split('.')
    const isCanonical = [header, body, signature].every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
    if (!isCanonical || more.length > 0) return { ok: false, refusal: 'malformed' }
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    const { alg, kid, typ } = read(header) as Record<string, string>
    const key = trusted.get(kid ?? '')
    if (alg !== 'ES256' || typ !== 'at+jwt') return { ok: false, refusal: 'header' }
    if (key === undefined) return { ok: false, refusal: 'unknown-key' }
    if (!verify('sha256', Buffer.from(`${header}.${body}`), ieee(key), Buffer.from(signature, 'base64url')))
      return { ok: false, refusal: 'signature' }
    const payload = read(body) as AccessTokenPayload
    if (payload.iss !== issuer) return { ok: false, refusal: 'issuer' }
    if (payload.aud !== audience) return { ok: false, refusal: 'audience' }
    return payload.exp * 1000 <= clock.now() ? { ok: false, refusal: 'expired' } : { ok: true, payload }
  }

  return {
    trust(keys: readonly PublicJwk[]) {
      trusted = new Map(keys.map((key) => [key.kid, createPublicKey({ key: { ...key }, format: 'jwk' })]))
    },
    verify(token) {
      try {
        return check(token)
      } catch {
        return { ok: false, refusal: 'malformed' }
      }
    },
  }
}
