import { ConfigurationError, type TokenVerification } from '@sallyport/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { claims, forge, headerOf, newKey, NOW, testClock, verifierOf, type TestKey } from '../test/fixtures.ts'
import { verifiedCache } from './verified-cache.ts'

const key = await newKey('EdDSA')
const START = NOW * 1000

function verified(changes: Record<string, unknown> = {}): TokenVerification & { ok: true } {
  return { ok: true, payload: claims(changes) }
}

/** The cached answer is the same object, a fresh check makes another: that is how a hit shows. */
function setUp(options: { maxEntries?: number; maxAgeSeconds?: number; keys?: TestKey[] } = {}) {
  const { maxEntries = 4, maxAgeSeconds = 60, keys = [key] } = options
  const clock = testClock()
  const verifier = verifierOf(keys, { clock, cache: { maxEntries, maxAgeSeconds } })
  return { clock, verifier }
}

test('a repeat is answered from the cache', () => {
  const { verifier } = setUp()
  const token = forge(headerOf(key), claims(), key)
  const first = verifier.verify(token)
  expect(first).toEqual({ ok: true, payload: claims() })
  expect(verifier.verify(token)).toBe(first)
})

test('a hit is refused at the instant of exp', () => {
  const { clock, verifier } = setUp()
  const token = forge(headerOf(key), claims({ exp: NOW + 5 }), key)
  const first = verifier.verify(token)
  clock.at = START + 4999
  expect(verifier.verify(token)).toBe(first)
  clock.at = START + 5000
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'expired' })
})

test('a token is checked in full again at maxAgeSeconds after its check, however often it was used meanwhile', () => {
  const { clock, verifier } = setUp({ maxAgeSeconds: 10 })
  const token = forge(headerOf(key), claims(), key)
  const first = verifier.verify(token)
  for (const at of [1, 5000, 9999]) {
    clock.at = START + at
    expect(verifier.verify(token)).toBe(first)
  }
  clock.at = START + 10_000
  const second = verifier.verify(token)
  expect(second).not.toBe(first)
  expect(second).toEqual(first)
})

test('a clock set back neither lengthens an answer nor reaches before iat', () => {
  const { clock, verifier } = setUp()
  const token = forge(headerOf(key), claims(), key)
  verifier.verify(token)
  clock.at = START - 6000
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'not-yet-valid' })
})

test('a key that is no longer trusted takes its cached answers along, also when its kid gets another key', async () => {
  const other = await newKey('EdDSA')
  const { verifier } = setUp({ keys: [key, other] })
  const token = forge(headerOf(key), claims(), key)
  expect(verifier.verify(token).ok).toBe(true)
  verifier.trust([other.publicJwk])
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'unknown-key' })
  verifier.trust([key.publicJwk])
  expect(verifier.verify(token).ok).toBe(true)
  verifier.trust([{ ...other.publicJwk, kid: key.publicJwk.kid }])
  expect(verifier.verify(token)).toEqual({ ok: false, refusal: 'signature' })
})

test('the same set of keys again keeps the cache; a set changed in place does not', () => {
  const { verifier } = setUp()
  const token = forge(headerOf(key), claims(), key)
  const first = verifier.verify(token)
  const set = [{ ...key.publicJwk }]
  verifier.trust(set)
  expect(verifier.verify(token)).toBe(first)
  set.pop()
  verifier.trust(set)
  expect(verifier.verify(token).ok).toBe(false)
})

test('no caller can change what the next one gets', () => {
  const { verifier } = setUp()
  const token = forge(headerOf(key), claims({ roles: ['user'], deep: { list: [{ a: 1 }] } }), key)
  const first = verifier.verify(token)
  if (!first.ok) throw new Error('refused')
  const payload = first.payload as unknown as { roles: string[]; sub: string; deep: { list: { a: number }[] } }
  expect(() => payload.roles.push('admin')).toThrow(TypeError)
  expect(() => (payload.sub = 'another')).toThrow(TypeError)
  expect(() => (payload.deep.list[0]!.a = 2)).toThrow(TypeError)
  expect(() => ((first as { ok: boolean }).ok = false)).toThrow(TypeError)
  expect(verifier.verify(token)).toEqual({ ok: true, payload: claims({ deep: { list: [{ a: 1 }] } }) })
})

test('tokens that differ only in the middle, in the signature or in a claim have answers of their own (GHSA-rp9m-7r4c-75qg)', () => {
  const { verifier } = setUp({ maxEntries: 1000 })
  for (let round = 0; round < 2; round++) {
    for (let user = 0; user < 200; user++) {
      const verification = verifier.verify(forge(headerOf(key), claims({ sub: `user-${user}` }), key))
      expect(verification.ok && verification.payload.sub).toBe(`user-${user}`)
    }
  }
  const [header, payload] = forge(headerOf(key), claims({ sub: 'user-1' }), key).split('.')
  const [, , signature] = forge(headerOf(key), claims({ sub: 'user-2' }), key).split('.')
  expect(verifier.verify(`${header}.${payload}.${signature}`)).toEqual({ ok: false, refusal: 'signature' })
})

test('refusals are not kept: a token that is early now is good later', () => {
  const { clock, verifier } = setUp()
  const token = forge(headerOf(key), claims({ nbf: NOW + 60 }), key)
  expect(verifier.verify(token).ok).toBe(false)
  clock.at += 60_000
  const later = verifier.verify(token)
  expect(later.ok).toBe(true)
  expect(verifier.verify(token)).toBe(later)
})

test('never keeps more than maxEntries, and always what was put last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.array(fc.nat(15), { maxLength: 60 }), (maxEntries, uses) => {
      const cache = verifiedCache({ maxEntries, maxAgeSeconds: 60 })
      for (const use of uses) {
        if (cache.get(`${use}`, START) === null) cache.put(`${use}`, verified({ sub: `${use}` }), START)
        expect(cache.get(`${use}`, START)?.payload.sub).toBe(`${use}`)
      }
      const kept = Array.from({ length: 16 }, (_, use) => use).filter((use) => cache.get(`${use}`, START) !== null)
      expect(kept.length).toBeLessThanOrEqual(maxEntries)
    }),
  )
})

test('what is in use survives a flood of others', () => {
  const cache = verifiedCache({ maxEntries: 10, maxAgeSeconds: 60 })
  cache.put('busy', verified(), START)
  for (let other = 0; other < 1000; other++) {
    cache.put(`other-${other}`, verified(), START)
    expect(cache.get('busy', START)).not.toBe(null)
  }
})

test.each([
  { maxEntries: 1, maxAgeSeconds: 60 },
  { maxEntries: 2.5, maxAgeSeconds: 60 },
  { maxEntries: Infinity, maxAgeSeconds: 60 },
  { maxEntries: 10, maxAgeSeconds: 0 },
  { maxEntries: 10, maxAgeSeconds: Infinity },
])('refuses the limits %j', (limits) => {
  expect(() => verifiedCache(limits)).toThrow(ConfigurationError)
})
