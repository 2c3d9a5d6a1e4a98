import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import type { PublicJwk } from '@sallyport/core'
import { loadOurs } from './bundle.ts'
import { handCached, handJwtCheck } from './hand.ts'
import { eventText } from './lambda-event.ts'
import type { Candidate } from './measure.ts'
import { ourApp } from './our-app.ts'
import { AUDIENCE, ISSUER, type Tokens } from './token-samples.ts'

export const OURS = 'Sallyport'
export const OURS_CACHED = 'Sallyport, same token again'
/** Minimal code without a dependency: how near to the raw call one can come. */
export const HAND = 'reference by hand'
export const HAND_CACHED = 'reference by hand, same token again'
export const JOSE = 'jose'
export const FAST_JWT = 'fast-jwt'
export const FAST_JWT_CACHED = 'fast-jwt, same token again'
export const AWS_JWT_VERIFY = 'aws-jwt-verify, verifySync'
export const JSONWEBTOKEN = 'jsonwebtoken'

const CACHE = { maxEntries: 1000, maxAgeSeconds: 300 }

/** Answers whether the token is good; never throws. */
type Check = (token: string) => boolean | Promise<boolean>

export interface Checker {
  readonly name: string
  readonly check: Check
  readonly asynchronous?: boolean
}

export async function checkersOf(jwk: PublicJwk): Promise<readonly Checker[]> {
  const { systemClock, tokenVerifier } = await loadOurs()
  const expectation = { clock: systemClock, issuer: ISSUER, audience: AUDIENCE }
  const plain = tokenVerifier(expectation)
  plain.trust([jwk])
  const cached = tokenVerifier({ ...expectation, cache: CACHE })
  cached.trust([jwk])
  return [
    { name: OURS, check: (token) => plain.verify(token).ok },
    { name: OURS_CACHED, check: (token) => cached.verify(token).ok },
    ...(jwk.alg === 'RS256' ? handCheckers(jwk) : []),
    ...(await peerCheckers(jwk)),
  ]
}

function handCheckers(jwk: PublicJwk): readonly Checker[] {
  const check = handJwtCheck({ jwk, issuer: ISSUER, audience: AUDIENCE })
  const cached = handCached(check)
  return [
    { name: HAND, check: (token) => check(token) !== null },
    { name: HAND_CACHED, check: (token) => cached(token) !== null },
  ]
}

async function peerCheckers(jwk: PublicJwk): Promise<readonly Checker[]> {
  const { alg } = jwk
  const options = { algorithms: [alg], issuer: ISSUER, audience: AUDIENCE }
  const keyObject = crypto.createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const pem = keyObject.export({ type: 'spki', format: 'pem' }).toString()

  const joseKey = await jose.importJWK({ ...jwk }, alg)
  const fastOptions = { key: pem, algorithms: [alg], allowedIss: ISSUER, allowedAud: AUDIENCE }
  const fast = createVerifier(fastOptions)
  const fastCached = createVerifier({ ...fastOptions, cache: true })
  const aws = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/.well-known/jwks.json` })
  aws.cacheJwks({ keys: [{ ...jwk }] })

  return [
    { name: FAST_JWT, check: quiet((token) => fast(token)) },
    { name: FAST_JWT_CACHED, check: quiet((token) => fastCached(token)) },
    { name: AWS_JWT_VERIFY, check: quiet((token) => aws.verifySync(token)) },
    ...(alg === 'EdDSA' ? [] : [{ name: JSONWEBTOKEN, check: quiet((token) => jsonwebtoken.verify(token, keyObject, options)) }]),
    {
      name: JOSE,
      asynchronous: true,
      check: (token) => jose.jwtVerify(token, joseKey, options).then(accepted, rejected),
    },
  ]
}

const accepted = (): boolean => true
const rejected = (): boolean => false

function quiet(verify: (token: string) => unknown): Check {
  return (token) => {
    try {
      verify(token)
      return true
    } catch {
      return false
    }
  }
}

/** A fast check that accepts everything would win here. Of ours it is also held that a refusal costs no signature check. */
export async function prove({ name, check }: Checker, { good, bad }: Tokens): Promise<void> {
  for (let times = 0; times < 2; times++) assert.equal(await check(good), true, `${name} refuses a good token`)
  for (const [refused, token] of Object.entries(bad)) {
    // Some peers here are given one key to trust whatever the header names; what they refuse then is the signature.
    const checks = await signatureChecks(async () => assert.equal(await check(token), false, `${name} accepts a token: ${refused}`))
    if (name.startsWith(OURS) && refused !== 'forged') assert.equal(checks, 0, `${name} checks the signature of a token: ${refused}`)
  }
}

async function signatureChecks(work: () => Promise<void>): Promise<number> {
  const { verify } = crypto
  let count = 0
  crypto.verify = ((...parameters: Parameters<typeof verify>) => {
    count++
    return verify(...parameters)
  }) as typeof verify
  try {
    await work()
  } finally {
    crypto.verify = verify
  }
  return count
}

/** A token that is worth nothing costs no store a call, in either strategy. */
export async function proveNoStoreCall({ bad, good }: Tokens): Promise<void> {
  for (const strategy of ['session', 'jwt'] as const) {
    let calls = 0
    const app = await ourApp({ strategy, hash: 'trivial', onStoreCall: () => calls++ })
    calls = 0
    // To this application all of them are of unknown keys, but the last, which is its own and damaged.
    for (const token of [...Object.values(bad), good, `${app.accessToken.slice(0, -6)}AAAAAA`, app.accessToken.slice(1)]) {
      const isOpaque = strategy === 'session' && token.length === app.accessToken.length
      const { statusCode } = await app.handle(eventText({ method: 'GET', path: '/auth/me', headers: { authorization: `Bearer ${token}` } }))
      assert.equal(statusCode, 401)
      assert.equal(calls, isOpaque ? 1 : 0, `A worthless token costs ${calls} store calls in the ${strategy} strategy`)
      calls = 0
    }
    await app.close()
  }
}

/** The fastest there is: key, bytes and form ready, nothing but the signature. */
export function rawVerify({ jwk, good }: Tokens): Candidate {
  const key = crypto.createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const end = good.lastIndexOf('.')
  const data = Buffer.from(good.slice(0, end))
  const signature = Buffer.from(good.slice(end + 1), 'base64url')
  const digest = jwk.alg === 'EdDSA' ? null : 'sha256'
  const bytes = jwk.alg === 'ES256' ? derOf(signature, data, key) : signature
  assert.ok(crypto.verify(digest, data, key, bytes))
  return { name: 'raw verify', run: () => crypto.verify(digest, data, key, bytes) }
}

/** By hand, to owe nothing to the code under test: SEQUENCE of two INTEGERs, each as short as its sign allows. */
function derOf(raw: Buffer, data: Buffer, key: crypto.KeyObject): Buffer {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const short = half.subarray(half.findIndex((byte) => byte !== 0))
    const value = (short[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), short]) : short
    return Buffer.concat([Buffer.of(2, value.length), value])
  })
  const body = Buffer.concat(integers)
  const der = Buffer.concat([Buffer.of(0x30, body.length), body])
  assert.ok(crypto.verify('sha256', data, { key, dsaEncoding: 'der' }, der))
  return der
}
