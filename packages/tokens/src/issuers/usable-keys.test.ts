import { generateKeyPairSync } from 'node:crypto'
import { ConfigurationError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { base64url, forge, newKey, testClock, type TestKey } from '../../test/fixtures.ts'
import { hostedHeader, jwksOf, services } from '../../test/hosted.ts'
import { hostedIssuers } from './hosted-issuers.ts'

const keys = { RS256: await newKey('RS256'), ES256: await newKey('ES256'), EdDSA: await newKey('EdDSA') }
const all = Object.values(keys)
const stranger = await newKey('ES256')
const fast = keys.ES256
const { claims } = services.oidc
const good = forge(hostedHeader(fast), claims, fast)

test('of a set only the keys that can be trusted are, and a bad one takes no other along', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const weakKey: TestKey = {
    publicJwk: { ...(weak.publicKey.export({ format: 'jwk' }) as object), kid: 'weak', alg: 'RS256', use: 'sig' } as TestKey['publicJwk'],
    privateKey: { kid: 'weak', algorithm: 'RS256', handle: weak.privateKey },
  }
  const bad: readonly Record<string, unknown>[] = [
    { ...stranger.publicJwk, kid: undefined },
    { ...stranger.publicJwk, use: 'enc' },
    { ...stranger.publicJwk, key_ops: ['encrypt'] },
    { ...stranger.publicJwk, alg: 'ES384' },
    { ...stranger.publicJwk, alg: 'RS256' },
    { ...stranger.publicJwk, d: stranger.publicJwk.x },
    { ...stranger.publicJwk, x: stranger.publicJwk.y, y: stranger.publicJwk.x },
    { ...stranger.publicJwk, crv: 'P-384' },
    { kty: 'oct', kid: stranger.publicJwk.kid, alg: 'HS256', use: 'sig', k: 'c2VjcmV0' },
    { ...weakKey.publicJwk },
  ]
  const odd = [null, 7, 'key', [], {}, { kty: 'RSA' }]
  for (const entry of bad) {
    const each = hostedIssuers({ issuers: services.oidc.issuers({ keys: [...odd, entry, ...jwksOf(fast).keys] }), clock: testClock() })
    expect(each.check(good)).not.toBe(null)
    for (const by of [stranger, weakKey]) expect(each.check(forge(hostedHeader(by), claims, by))).toBe(null)
    expect(() => hostedIssuers({ issuers: services.oidc.issuers({ keys: [...odd, entry] }), clock: testClock() })).toThrow(ConfigurationError)
  }
})

test('two keys of one kid are none', () => {
  const twins = { keys: [...jwksOf(fast, keys.RS256).keys, { ...stranger.publicJwk, kid: fast.publicJwk.kid }] }
  const each = hostedIssuers({ issuers: services.oidc.issuers(twins), clock: testClock() })
  expect(each.check(good)).toBe(null)
  expect(each.check(forge({ ...hostedHeader(stranger), kid: fast.publicJwk.kid }, claims, stranger))).toBe(null)
  expect(each.check(forge(hostedHeader(keys.RS256), claims, keys.RS256))).not.toBe(null)
})

test('a key that names no algorithm has that of its type, not the token’s', () => {
  const jwks = { keys: all.map(({ publicJwk: { alg: _alg, use: _use, ...rest } }) => rest) }
  const each = hostedIssuers({ issuers: services.oidc.issuers(jwks), clock: testClock() })
  for (const key of all) {
    expect(each.check(forge(hostedHeader(key), claims, key))).not.toBe(null)
    for (const alg of ['RS256', 'ES256', 'EdDSA', 'PS256', 'HS256']) {
      if (alg !== key.publicJwk.alg) expect(each.check(forge({ ...hostedHeader(key), alg }, claims, key))).toBe(null)
    }
  }
})

test('a shared secret is no key, not even for an issuer made by hand that allows one', () => {
  const [issuer] = services.oidc.issuers({
    keys: [{ kty: 'oct', kid: 's', alg: 'HS256', use: 'sig', k: base64url('0123456789abcdef0123456789abcdef') }],
  })
  expect(() => hostedIssuers({ issuers: [{ ...issuer!, algorithms: ['HS256'] as never }], clock: testClock() })).toThrow(ConfigurationError)
})
