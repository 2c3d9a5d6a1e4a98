import { ConfigurationError, type PublicJwk } from '@sallyport/core'
import { expect, test } from 'vitest'
import { ALGORITHMS, AUDIENCE, claims, forge, headerOf, ISSUER, newKey, NOW, testClock, verifierOf } from '../test/fixtures.ts'
import { tokenSigner } from './token-signer.ts'
import { tokenVerifier } from './token-verifier.ts'

const keys = { RS256: await newKey('RS256'), ES256: await newKey('ES256'), EdDSA: await newKey('EdDSA') }
const all = Object.values(keys)
const fast = keys.ES256

test.each(ALGORITHMS)('accepts what the signer makes, %s', async (algorithm) => {
  const token = await tokenSigner().sign(claims(), keys[algorithm].privateKey)
  expect(verifierOf(all).verify(token)).toEqual({ ok: true, payload: claims() })
})

test.each([
  ['iat at the end of the leeway', { iat: NOW + 5 }],
  ['nbf at the end of the leeway', { nbf: NOW + 5 }],
  ['the last second before exp', { exp: NOW + 1 }],
  ['the audience among others', { aud: ['https://other.example.com', AUDIENCE] }],
  ['no roles', { roles: undefined }],
  ['claims of the application', { tenant: { id: 'ä\uFFFD\u{1F6AA}', list: [1, null, true] } }],
])('accepts %s', (_name, changes) => {
  expect(verifierOf(all).verify(forge(headerOf(fast), claims(changes), fast))).toEqual({
    ok: true,
    payload: JSON.parse(JSON.stringify(claims(changes))) as unknown,
  })
})

test('accepts a header in another spelling', () => {
  const { alg, kid, typ } = headerOf(fast)
  expect(verifierOf(all).verify(forge({ typ, kid, alg }, claims(), fast)).ok).toBe(true)
  expect(verifierOf(all).verify(forge(` {"typ" : "at+jwt", "alg": "${alg}", "kid": "${kid}"}\n`, claims(), fast)).ok).toBe(true)
})

const wrongTypes = [undefined, null, true, {}, [], [1], '', 0.5, -1, '1']
test.each(['iss', 'sub', 'aud', 'client_id', 'jti', 'sid'])('refuses a missing or ill-typed %s', (name) => {
  for (const value of [...wrongTypes.filter((each) => each !== '1'), 0, 7]) {
    expect(verifierOf(all).verify(forge(headerOf(fast), claims({ [name]: value }), fast)).ok).toBe(false)
  }
})
test.each(['exp', 'iat', 'auth_time'])('refuses a missing or ill-typed %s', (name) => {
  for (const value of [...wrongTypes, String(NOW + 60), 2 ** 53, [NOW + 60]]) {
    const refused = verifierOf(all).verify(forge(headerOf(fast), claims({ [name]: value }), fast))
    expect(refused).toEqual({ ok: false, refusal: 'claims' })
  }
})
test.each(['1e999', '-1e999', `${NOW + 60}.5`, `"${NOW + 60}"`, '1e400', 'true'])('refuses "exp": %s', (text) => {
  for (const name of ['exp', 'nbf', 'iat']) {
    const payload = JSON.stringify(claims({ [name]: 'HERE' })).replace('"HERE"', text)
    expect(verifierOf(all).verify(forge(headerOf(fast), payload, fast))).toEqual({ ok: false, refusal: 'claims' })
  }
})
test.each([
  ['roles that are text', { roles: 'administrator' }],
  ['roles that are not all text', { roles: ['user', 1] }],
  ['scope that is a list', { scope: ['read'] }],
  ['nbf that is null', { nbf: null }],
])('refuses %s', (_name, changes) => {
  expect(verifierOf(all).verify(forge(headerOf(fast), claims(changes), fast))).toEqual({ ok: false, refusal: 'claims' })
})

test.each([
  ['expired', { exp: NOW }],
  ['expired', { exp: 0 }],
  ['not-yet-valid', { iat: NOW + 6 }],
  ['not-yet-valid', { nbf: NOW + 6 }],
  ['issuer', { iss: `${ISSUER}/` }],
  ['audience', { aud: `${AUDIENCE}/` }],
  ['audience', { aud: [] }],
])('refuses as %s: %j', (refusal, changes) => {
  expect(verifierOf(all).verify(forge(headerOf(fast), claims(changes), fast))).toEqual({ ok: false, refusal })
})

test('judges the claims before the signature, and returns nothing of them', () => {
  const [header, payload] = forge(headerOf(fast), claims({ exp: NOW - 1 }), fast).split('.')
  expect(verifierOf(all).verify(`${header}.${payload}.${'A'.repeat(86)}`)).toEqual({ ok: false, refusal: 'expired' })
})

test('is good until the millisecond before exp, and refused at it', () => {
  const clock = testClock()
  const verifier = verifierOf(all, { clock })
  const token = forge(headerOf(fast), claims({ exp: NOW + 10 }), fast)
  clock.at = (NOW + 10) * 1000 - 1
  expect(verifier.verify(token).ok).toBe(true)
  clock.at += 1
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'expired' })
})

test('trusts no key before trust(), and none that was left out since', () => {
  const verifier = tokenVerifier({ clock: testClock(), issuer: ISSUER, audience: AUDIENCE })
  const token = forge(headerOf(fast), claims(), fast)
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'unknown-key' })
  verifier.trust([fast.publicJwk])
  expect(verifier.verify(token).ok).toBe(true)
  verifier.trust([keys.EdDSA.publicJwk])
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'unknown-key' })
})

test('keeps the trusted keys when the next set is refused', () => {
  const verifier = verifierOf([fast])
  expect(() => verifier.trust([keys.RS256.publicJwk, { ...keys.EdDSA.publicJwk, kid: '' }])).toThrow(ConfigurationError)
  expect(verifier.verify(forge(headerOf(fast), claims(), fast)).ok).toBe(true)
  expect(verifier.verify(forge(headerOf(keys.RS256), claims(), keys.RS256)).ok).toBe(false)
})

const rsa = keys.RS256.publicJwk
const ec = fast.publicJwk
const { generateKeyPairSync } = await import('node:crypto')
function rsaJwk(modulusLength: number, publicExponent: number): PublicJwk {
  const members = generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' })
  return { ...rsa, n: members.n!, e: members.e! }
}
test.each<[string, PublicJwk]>([
  ['a short modulus', rsaJwk(1024, 65537)],
  ['exponent 3', rsaJwk(2048, 3)],
  ['exponent 1', { ...rsa, e: 'AQ' }],
  ['an even exponent', { ...rsa, e: 'AQAC' }],
  ['padding', { ...rsa, e: 'AQAB=' }],
  ['no modulus', { kty: 'RSA', kid: 'a', alg: 'RS256', use: 'sig', e: 'AQAB' }],
  ['another kty', { ...rsa, kty: 'oct' }],
  ['another alg of the family', { ...rsa, alg: 'PS256' as 'RS256' }],
  ['no alg', { ...rsa, alg: undefined as unknown as 'RS256' }],
  ['HS256', { kty: 'oct', kid: 'a', alg: 'HS256' as 'RS256', use: 'sig' }],
  ['alg of another family', { ...rsa, alg: 'ES256' }],
  ['another curve', { ...ec, crv: 'P-384' }],
  ['a point off the curve', { ...ec, y: ec.x! }],
  ['a short coordinate', { ...ec, x: 'AAAA' }],
  ['use enc', { ...ec, use: 'enc' as 'sig' }],
  ['no kid', { ...ec, kid: undefined as unknown as string }],
  ['an empty kid', { ...ec, kid: '' }],
  ['a long kid', { ...ec, kid: 'k'.repeat(257) }],
  ['private members', { ...ec, d: ec.x! } as PublicJwk],
  ['a short Ed25519 key', { ...keys.EdDSA.publicJwk, x: 'AAAA' }],
])('does not trust a key with %s', (_name, jwk) => {
  const verifier = tokenVerifier({ clock: testClock(), issuer: ISSUER, audience: AUDIENCE })
  expect(() => verifier.trust([jwk])).toThrow(ConfigurationError)
})

test('does not trust two keys of one kid', () => {
  expect(() => verifierOf([fast, fast])).toThrow(ConfigurationError)
})

test.each([{ issuer: '' }, { audience: '' }, { leewaySeconds: 6 }, { leewaySeconds: -1 }, { leewaySeconds: 0.5 }, { leewaySeconds: Number.NaN }])(
  'refuses the configuration %j',
  (options) => {
    expect(() => verifierOf([fast], options)).toThrow(ConfigurationError)
  },
)

test('accepts a token of 8,192 characters, and none that is longer, whoever signed it', () => {
  // Blanks behind the JSON make it longer by steps of one or two characters.
  const build = (blanks: number): string => forge(headerOf(fast), JSON.stringify(claims()) + ' '.repeat(blanks), fast)
  const longest = Math.floor(((8192 - build(0).length) * 3) / 4)
  expect(build(longest).length).toBeGreaterThan(8190)
  expect(build(longest + 2).length).toBeGreaterThan(8192)
  expect(verifierOf(all).verify(build(longest)).ok).toBe(true)
  expect(verifierOf(all).verify(build(longest + 2))).toEqual({ ok: false, refusal: 'malformed' })
})

test('does not even look up a kid of more than 256 characters', () => {
  for (const [length, refusal] of [
    [256, 'unknown-key'],
    [257, 'header'],
  ] as const) {
    expect(verifierOf(all).verify(forge({ ...headerOf(fast), kid: 'k'.repeat(length) }, claims(), fast))).toEqual({ ok: false, refusal })
  }
})
