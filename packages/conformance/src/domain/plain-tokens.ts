import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, verify, type KeyObject } from 'node:crypto'
import { ConfigurationError, type AccessTokenPayload, type PublicJwk, type TokenVerification } from '@sallyport/core'
import type { TokenParts } from './domain-trial.ts'

interface Header {
  readonly alg: string
  readonly kid: string
  readonly typ: string
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const options = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' }) as const

/**
 * The least that the domain needs to run over a store: ES256 by node:crypto, and sealed keys that are not secret. For tests of stores, which know the core only and so
 * not the real ones.
 */
export const plainTokens: TokenParts = {
  signer: {
    async generate(algorithm) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
      const publicJwk: PublicJwk = { kty: 'EC', kid: randomUUID(), alg: algorithm, use: 'sig', crv: 'P-256', x, y }
      return { publicJwk, privateJwk: JSON.stringify(pair.privateKey.export({ format: 'jwk' })) }
    },
    importPrivate: async (privateJwk, { kid, alg }) => ({
      kid,
      algorithm: alg,
      handle: createPrivateKey({ key: JSON.parse(privateJwk) as Record<string, string>, format: 'jwk' }),
    }),
    async sign(payload, { kid, algorithm, handle }) {
      const signed = `${encoded({ alg: algorithm, kid, typ: 'at+jwt' })}.${encoded(payload)}`
      return `${signed}.${sign('sha256', Buffer.from(signed), options(handle as KeyObject)).toString('base64url')}`
    },
  },
  wrapper: {
    wrap: async (plain, kid) => `sealed.${randomUUID()}.${Buffer.from(JSON.stringify([kid, plain])).toString('base64url')}`,
    async unwrap(sealed, kid) {
      const [bound, plain] = JSON.parse(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString()) as [string, string]
      if (bound !== kid) throw new ConfigurationError('The key was sealed under another name.')
      return plain
    },
  },
  verifier({ clock, issuer, audience }) {
    let keys = new Map<string, KeyObject>()

    function read(token: string): TokenVerification {
      const parts = token.split('.')
      const [header, payload] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown) as [
        Header,
        AccessTokenPayload,
      ]
      const signature = Buffer.from(parts[2] ?? '', 'base64url')
      const canonical = parts.map((part) => Buffer.from(part, 'base64url').toString('base64url')).join('.')
      if (parts.length !== 3 || canonical !== token) return { ok: false, refusal: 'malformed' }
      if (header.typ !== 'at+jwt' || header.alg !== 'ES256') return { ok: false, refusal: 'header' }
      const key = keys.get(header.kid)
      if (key === undefined) return { ok: false, refusal: 'unknown-key' }
      if (!verify('sha256', Buffer.from(parts.slice(0, 2).join('.')), options(key), signature)) return { ok: false, refusal: 'signature' }
      if (payload.iss !== issuer || payload.aud !== audience) return { ok: false, refusal: 'audience' }
      return clock.now() < payload.exp * 1000 ? { ok: true, payload } : { ok: false, refusal: 'expired' }
    }

    return {
      trust(trusted) {
        keys = new Map(trusted.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]))
      },
      verify(token) {
        try {
          return read(token)
        } catch {
          return { ok: false, refusal: 'malformed' }
        }
      },
    }
  },
}
