import { sign, type KeyObject } from 'node:crypto'
import type { AccessTokenPayload, Clock, PrivateKey, PublicJwk, SignatureAlgorithm, TokenVerifier } from '@sallyport/core'
import { tokenSigner } from '../src/token-signer.ts'
import { tokenVerifier, type TokenVerifierOptions } from '../src/token-verifier.ts'

export const ISSUER: string = 'https://auth.example.com'
export const AUDIENCE: string = 'https://api.example.com'
export const ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA']
/** In whole seconds, as claims are. */
export const NOW: number = 1_900_000_000

export interface TestClock extends Clock {
  at: number
}

export function testClock(): TestClock {
  return { at: NOW * 1000, now: function () { return this.at } } // prettier-ignore
}

export interface TestKey {
  readonly publicJwk: PublicJwk
  readonly privateKey: PrivateKey
}

export async function newKey(algorithm: SignatureAlgorithm): Promise<TestKey> {
  const { publicJwk, privateJwk } = await tokenSigner().generate(algorithm)
  return { publicJwk, privateKey: await tokenSigner().importPrivate(privateJwk, publicJwk) }
}

export function claims(changes: Readonly<Record<string, unknown>> = {}): AccessTokenPayload {
  const payload = {
    iss: ISSUER,
    sub: '01890a5d-ac96-774b-bcce-b302099a8057',
    aud: AUDIENCE,
    client_id: 'sallyport',
    iat: NOW,
    exp: NOW + 600,
    jti: 'tKpPhwVEsbiLVAXpZ8jHpA',
    sid: 'w2cBHMkYPDdGIuIcYVK2cA',
    auth_time: NOW - 60,
    roles: ['user'],
  }
  return { ...payload, ...changes }
}

export function base64url(value: string | Uint8Array): string {
  return Buffer.from(value as string).toString('base64url')
}

/** A right signature over whatever is given: what remains to be refused is not the signature. */
export function forge(header: unknown, payload: unknown, key: TestKey, signedBy: TestKey = key): string {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  return signInput(`${base64url(text(header))}.${base64url(text(payload))}`, signedBy)
}

export function signInput(input: string, { privateKey, publicJwk }: TestKey): string {
  const key = privateKey.handle as KeyObject
  const signature = sign(publicJwk.alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${base64url(signature)}`
}

export function headerOf({ publicJwk }: TestKey): { alg: string; kid: string; typ: string } {
  return { alg: publicJwk.alg, kid: publicJwk.kid, typ: 'at+jwt' }
}

export function verifierOf(keys: readonly TestKey[], options: Partial<TokenVerifierOptions> = {}): TokenVerifier {
  const verifier = tokenVerifier({ clock: testClock(), issuer: ISSUER, audience: AUDIENCE, ...options })
  verifier.trust(keys.map(({ publicJwk }) => publicJwk))
  return verifier
}
