import { InvariantError, type PrivateKey } from '@sallyport/core'
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { ALGORITHMS, AUDIENCE, claims, ISSUER, NOW } from '../test/fixtures.ts'
import { publicKeySet } from './public-key-set.ts'
import { tokenSigner } from './token-signer.ts'

const signer = tokenSigner()
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi']
const pairs = {
  RS256: [await signer.generate('RS256'), await signer.generate('RS256')],
  ES256: [await signer.generate('ES256'), await signer.generate('ES256')],
  EdDSA: [await signer.generate('EdDSA'), await signer.generate('EdDSA')],
} as const

test.each(ALGORITHMS)('jose accepts what is signed, %s', async (algorithm) => {
  const { publicJwk, privateJwk } = pairs[algorithm][0]
  const key = await signer.importPrivate(privateJwk, publicJwk)
  // Often enough that r and s of ES256 have leading zeros and top bits of both kinds.
  for (let round = 0; round < (algorithm === 'ES256' ? 300 : 3); round++) {
    const token = await signer.sign(claims({ round }), key)
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: publicJwk.kid, typ: 'at+jwt' })
    const options = { issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', algorithms: [algorithm], currentDate: new Date(NOW * 1000) }
    const { payload } = await jwtVerify(token, await importJWK({ ...publicJwk }), options)
    expect(payload).toEqual(claims({ round }))
  }
})

test.each(ALGORITHMS)('a fresh key is public on one side, named by its thumbprint (RFC 7638), and never the same, %s', async (algorithm) => {
  const [one, other] = pairs[algorithm]
  expect(one.publicJwk).toMatchObject({ alg: algorithm, use: 'sig', kid: await calculateJwkThumbprint({ ...one.publicJwk }) })
  for (const member of PRIVATE) expect(one.publicJwk).not.toHaveProperty(member)
  expect(one.publicJwk.kid).not.toBe(other.publicJwk.kid)
  if (algorithm === 'RS256') expect(one.publicJwk).toMatchObject({ e: 'AQAB', n: expect.stringMatching(/^[\w-]{342}$/) as unknown })
})

test.each(ALGORITHMS)('refuses the private key of another, %s', async (algorithm) => {
  const [one, other] = pairs[algorithm]
  await expect(signer.importPrivate(one.privateJwk, other.publicJwk)).rejects.toThrow(InvariantError)
  // The public members it carries are right, and the secret ones are not.
  const mixed = { ...(JSON.parse(other.privateJwk) as object), ...publicKeySet([one.publicJwk]).keys[0] }
  await expect(signer.importPrivate(JSON.stringify(mixed), one.publicJwk)).rejects.toThrow(InvariantError)
  for (const alg of ALGORITHMS) {
    if (alg !== algorithm) await expect(signer.importPrivate(one.privateJwk, { ...one.publicJwk, alg })).rejects.toThrow(InvariantError)
    if (alg !== algorithm) await expect(signer.importPrivate(one.privateJwk, pairs[alg][0].publicJwk)).rejects.toThrow(InvariantError)
  }
})

test.each(['', '{', 'null', '[]', '{}', '{"kty":"oct","k":"c2VjcmV0"}'])('refuses %j as a private key, without quoting it', async (text) => {
  const failure = await signer.importPrivate(text, pairs.ES256[0].publicJwk).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(InvariantError)
  expect(`${(failure as Error).message} ${String((failure as Error).cause)}`).not.toContain('secret')
})

test('an error about a private key does not contain it, nor does its cause', async () => {
  const { privateJwk, publicJwk } = pairs.ES256[0]
  const failure = (await signer.importPrivate(`${privateJwk}x`, publicJwk).catch((error: unknown) => error)) as Error
  expect(failure).toBeInstanceOf(InvariantError)
  expect(`${failure.message} ${failure.stack} ${String(failure.cause)}`).not.toContain(privateJwk.slice(5, 25))
})

test('does not sign what the verifier would refuse', async () => {
  const key = await signer.importPrivate(pairs.EdDSA[0].privateJwk, pairs.EdDSA[0].publicJwk)
  for (const changes of [
    { exp: NaN },
    { exp: Infinity },
    { iat: 0.5 },
    { sub: '' },
    { roles: 'admin' },
    { jti: undefined },
    { notes: 'x'.repeat(9000) },
  ]) {
    await expect(signer.sign(claims(changes), key)).rejects.toThrow(InvariantError)
  }
})

test('signs with nothing but a key it imported', async () => {
  for (const handle of [null, undefined, {}, 'secret', pairs.EdDSA[0].privateJwk]) {
    const key: PrivateKey = { kid: 'a', algorithm: 'EdDSA', handle }
    await expect(signer.sign(claims(), key)).rejects.toThrow(InvariantError)
  }
})
