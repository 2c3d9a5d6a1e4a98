import fc from 'fast-check'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import {
  ALGORITHMS,
  AUDIENCE,
  base64url,
  claims,
  forge,
  headerOf,
  ISSUER,
  newKey,
  NOW,
  signInput,
  verifierOf,
  type TestKey,
} from '../test/fixtures.ts'
import { tokenSigner } from './token-signer.ts'

const keys = { RS256: await newKey('RS256'), ES256: await newKey('ES256'), EdDSA: await newKey('EdDSA') }
const all: TestKey[] = Object.values(keys)
const verifier = verifierOf(all)
const cached = verifierOf(all, { cache: { maxEntries: 4, maxAgeSeconds: 60 } })
const keySet = createLocalJWKSet({ keys: all.map(({ publicJwk }) => ({ ...publicJwk })) })

/** jose's answer by the options that say the same as ours: `null` when it refuses. */
async function oracle(token: string): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, keySet, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      algorithms: [...ALGORITHMS],
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub', 'jti', 'sid', 'client_id', 'auth_time'],
      clockTolerance: 5,
      currentDate: new Date(NOW * 1000),
    })
    return payload
  } catch {
    return null
  }
}

const anyKey = fc.constantFrom(...all)
const odd = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('', 0, -1, 1e21, '1', null, [], {}))
/** Mostly right, so that many examples reach the later checks. */
function rarely(right: unknown, wrong: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: wrong })
}
const time = fc.oneof(fc.integer({ min: NOW - 10, max: NOW + 10 }), fc.double(), odd)
const header = anyKey.chain((key) =>
  fc.tuple(
    fc.constant(key),
    fc.record({
      alg: rarely(key.publicJwk.alg, fc.oneof(fc.constantFrom(...ALGORITHMS, 'none', 'HS256', 'Ed25519'), odd)),
      kid: rarely(
        key.publicJwk.kid,
        fc.oneof(
          anyKey.map(({ publicJwk }) => publicJwk.kid),
          odd,
        ),
      ),
      typ: rarely('at+jwt', fc.oneof(fc.constantFrom('JWT', 'AT+JWT', 'application/at+jwt'), odd)),
    }),
    rarely({}, fc.dictionary(fc.constantFrom('crit', 'b64', 'jku', 'x5c', 'jwk', 'zip', 'cty', 'toString'), odd)),
  ),
)
const payload = fc.tuple(
  fc.record({
    iss: rarely(ISSUER, odd),
    aud: fc.oneof(fc.constantFrom<unknown>(AUDIENCE, [AUDIENCE], ['x', AUDIENCE], ['x']), rarely(AUDIENCE, odd)),
    sub: rarely('user', odd),
    exp: rarely(NOW + 600, time),
    iat: rarely(NOW, time),
    auth_time: rarely(NOW, time),
    jti: rarely('jti', odd),
    sid: rarely('sid', odd),
    client_id: rarely('sallyport', odd),
  }),
  rarely({}, fc.record({ nbf: time }, { requiredKeys: [] })),
  fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }),
)
const spelling = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text,
  (text) => ` ${text}\n`,
  (text) => text.replace('{', '{"exp":1,'),
  (text) => `\uFEFF${text}`,
)
const encoding = rarely(
  (segment: string) => segment,
  fc.constantFrom(
    (segment: string) => `${segment}=`,
    (segment: string) => `${segment.slice(0, 5)}\n${segment.slice(5)}`,
    (segment: string) => segment.slice(0, -1) + (segment.endsWith('Q') ? 'R' : 'Q'),
    (segment: string) => segment.replace('_', '/').replace('-', '+'),
  ),
) as fc.Arbitrary<(segment: string) => string>

test('accepts a subset of what jose accepts, with the same payload, with and without cache', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(
      header,
      payload,
      rarely(null, anyKey),
      spelling,
      spelling,
      encoding,
      encoding,
      async ([key, named, extra], claimed, signer, a, b, c, d) => {
        const head = a(JSON.stringify({ ...named, ...(extra as object) }))
        const body = b(JSON.stringify({ ...claimed[2], ...claimed[0], ...(claimed[1] as object) }))
        const token = signInput(`${c(base64url(head))}.${d(base64url(body))}`, (signer as TestKey | null) ?? key)
        const verification = verifier.verify(token)
        expect(cached.verify(token)).toEqual(verification)
        expect(cached.verify(token)).toEqual(verification)
        if (!verification.ok) return
        accepted++
        expect(await oracle(token)).toEqual(verification.payload)
      },
    ),
    { numRuns: 1500 },
  )
  // A subset that holds nothing would prove nothing.
  expect(accepted).toBeGreaterThan(75)
})

test('mutations of good tokens: cut, doubled, swapped, spliced', async () => {
  const goods = all.flatMap((key) => [forge(headerOf(key), claims(), key), forge(headerOf(key), claims({ sub: 'other' }), key)])
  const mutation = fc.tuple(fc.constantFrom(...goods), fc.constantFrom(...goods), fc.nat(900), fc.nat(900), fc.nat(900))
  await fc.assert(
    fc.asyncProperty(mutation, async ([one, other, i, j, k]) => {
      for (const token of [
        one.slice(0, i) + one.slice(j),
        one.slice(0, i) + other.slice(j, k) + one.slice(i),
        one.slice(0, i) + other.slice(i),
        one.slice(i) + one.slice(0, i),
      ]) {
        const verification = verifier.verify(token)
        if (!goods.includes(token)) expect(verification.ok).toBe(false)
        if (verification.ok) expect(await oracle(token)).toEqual(verification.payload)
      }
    }),
    { numRuns: 500 },
  )
})

test('never throws, and accepts no string that nobody signed', () => {
  const prefix = `${forge(headerOf(keys.EdDSA), claims(), keys.EdDSA).split('.')[0]}.`
  const segment = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.json().map((text) => base64url(text)),
  )
  const compact = fc.tuple(segment, segment, segment).map((segments) => segments.join('.'))
  const known = fc
    .tuple(segment, fc.uint8Array({ minLength: 64, maxLength: 64 }))
    .map(([body, signature]) => `${prefix}${body}.${base64url(signature)}`)
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), compact, known), (token) => {
      expect(verifier.verify(token).ok).toBe(false)
      expect(cached.verify(token).ok).toBe(false)
    }),
    { numRuns: 2000 },
  )
})

test.each(ALGORITHMS)(
  'no one-byte change of a good token is accepted: every byte at every position, in place of one, before one, and none, %s',
  async (algorithm) => {
    const token = await tokenSigner().sign(claims({ iss: ISSUER, roles: undefined }), keys[algorithm].privateKey)
    const accepted: string[] = []
    const attempt = (changed: string): void => {
      if (changed !== token && verifier.verify(changed).ok) accepted.push(changed)
    }
    expect(verifier.verify(token).ok).toBe(true)
    for (let at = 0; at <= token.length; at++) {
      const before = token.slice(0, at)
      attempt(before + token.slice(at + 1))
      for (let byte = 0; byte < 256; byte++) {
        const letter = String.fromCharCode(byte)
        attempt(before + letter + token.slice(at + 1))
        attempt(before + letter + token.slice(at))
      }
    }
    expect(accepted).toEqual([])
  },
  60_000,
)
