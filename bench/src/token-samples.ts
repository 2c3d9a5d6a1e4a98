import crypto from 'node:crypto'
import type { AccessTokenPayload, PublicJwk, SignatureAlgorithm } from '@sallyport/core'
import { loadOurs } from './bundle.ts'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'

export type Refused = 'garbage' | 'garbage of a token’s shape' | 'unknown kid' | 'expired' | 'forged'

export interface Tokens {
  readonly jwk: PublicJwk
  readonly good: string
  /** More good ones of the same caller. */
  readonly others: readonly string[]
  readonly bad: Readonly<Record<Refused, string>>
}

export async function tokensOf(algorithm: SignatureAlgorithm): Promise<Tokens> {
  const { tokenSigner } = await loadOurs()
  const signer = tokenSigner()
  const [own, foreign] = await Promise.all([signer.generate(algorithm), signer.generate(algorithm)])
  const now = Math.floor(Date.now() / 1000)
  const payload: AccessTokenPayload = {
    iss: ISSUER,
    sub: '01890a5d-ac96-774b-bcce-b302099a8057',
    aud: AUDIENCE,
    client_id: 'web',
    iat: now,
    exp: now + 3600,
    jti: crypto.randomBytes(16).toString('base64url'),
    sid: crypto.randomBytes(16).toString('base64url'),
    auth_time: now,
    scope: 'profile:read profile:write',
  }
  const key = await signer.importPrivate(own.privateJwk, own.publicJwk)
  const foreignKey = await signer.importPrivate(foreign.privateJwk, foreign.publicJwk)
  const good = await signer.sign(payload, key)
  const [header, body] = good.split('.')
  const other = await signer.sign(payload, foreignKey)
  return {
    jwk: own.publicJwk,
    good,
    others: await Promise.all([1, 2].map(() => signer.sign({ ...payload, jti: crypto.randomBytes(16).toString('base64url') }, key))),
    bad: {
      garbage: 'not-a-token',
      'garbage of a token’s shape': [80, 260, 256].map((bytes) => crypto.randomBytes(bytes).toString('base64url')).join('.'),
      'unknown kid': other,
      expired: await signer.sign({ ...payload, iat: now - 7200, auth_time: now - 7200, exp: now - 3600 }, key),
      forged: `${header}.${body}.${other.slice(other.lastIndexOf('.') + 1)}`,
    },
  }
}
