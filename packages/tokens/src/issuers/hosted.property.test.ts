import fc from 'fast-check'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTVerifyOptions } from 'jose'
import { expect, test } from 'vitest'
import { base64url, forge, newKey, NOW, signInput, testClock, type TestKey } from '../../test/fixtures.ts'
import { APP, hostedHeader, jwksOf, services } from '../../test/hosted.ts'
import type { HostedPrincipal } from './hosted-issuer.ts'
import { hostedIssuers, type HostedChecker } from './hosted-issuers.ts'

const shared = [await newKey('RS256'), await newKey('RS256')]
const keys = { oidc: [await newKey('RS256'), await newKey('ES256'), await newKey('EdDSA')], others: shared }
const all: readonly TestKey[] = Object.values(keys).flat()

/** What jose is asked with, so that it demands what the preset demands as far as it can. */
const trials: Readonly<Record<string, { readonly keys: readonly TestKey[]; readonly options: JWTVerifyOptions }>> = {
  auth0: { keys: keys.others, options: { audience: 'https://api.example.com', algorithms: ['RS256'], requiredClaims: ['aud'] } },
  cognitoAccess: { keys: keys.others, options: { algorithms: ['RS256'], requiredClaims: ['token_use', 'client_id'] } },
  firebase: { keys: keys.others, options: { audience: 'sample-project', algorithms: ['RS256'], typ: 'JWT', requiredClaims: ['auth_time'] } },
  entraAccess: { keys: keys.others, options: { audience: APP, algorithms: ['RS256'], typ: 'JWT', requiredClaims: ['tid', 'azp', 'oid'] } },
  oidc: { keys: keys.oidc, options: { audience: 'posts-api', algorithms: ['RS256', 'ES256', 'EdDSA'], requiredClaims: ['typ'] } },
}
const names = Object.keys(trials) as (keyof typeof services)[]

async function oracle(name: string, token: string): Promise<unknown> {
  const { keys: known, options } = trials[name]!
  const { claims } = services[name as 'oidc']
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwksOf(...known) as unknown as JSONWebKeySet), {
      ...options,
      issuer: claims['iss'] as string,
      requiredClaims: ['iss', 'sub', 'exp', 'iat', ...(options.requiredClaims ?? [])],
      clockTolerance: 60,
      currentDate: new Date(NOW * 1000),
    })
    return payload
  } catch {
    return null
  }
}

const issuersOf = (name: keyof typeof services) => services[name].issuers(jwksOf(...trials[name]!.keys))
const together = hostedIssuers({ issuers: names.map(issuersOf), clock: testClock() })
const cached = hostedIssuers({ issuers: names.map(issuersOf), clock: testClock(), cache: { maxEntries: 4, maxAgeSeconds: 60 } })
const alone = new Map(names.map((name) => [name, hostedIssuers({ issuers: issuersOf(name), clock: testClock() })]))

function ask(checker: HostedChecker, token: string): HostedPrincipal | null {
  const answer = checker.check(token)
  if (answer instanceof Promise) throw new Error('keys are at hand')
  return answer
}

const odd = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('', 0, -1, 1e21, '1', null, [], {}))
function rarely(right: unknown, wrong: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: wrong })
}
const time = fc.oneof(fc.integer({ min: NOW - 90, max: NOW + 90 }), fc.double(), odd)
const text = fc.constantFrom<(value: string) => string>(
  (value) => value,
  (value) => value,
  (value) => ` ${value}\n`,
  (value) => value.replace('{', '{"exp":1,"alg":"none",'),
  (value) => `\uFEFF${value}`,
)
const spelled = rarely(
  (segment: string) => segment,
  fc.constantFrom(
    (segment: string) => `${segment}=`,
    (segment: string) => `${segment.slice(0, 5)}\n${segment.slice(5)}`,
    (segment: string) => segment.slice(0, -1) + (segment.endsWith('Q') ? 'R' : 'Q'),
    (segment: string) => segment.replace('_', '/').replace('-', '+'),
  ),
) as fc.Arbitrary<(segment: string) => string>

/** A token of one service, with this and that of it exchanged for something odd or for what another service would have there. */
const token = fc.constantFrom(...names).chain((name) => {
  const { claims, typ } = services[name]
  const others = names.map((other) => services[other].claims)
  return fc.constantFrom(...trials[name]!.keys).chain((key) =>
    fc
      .tuple(
        fc.record({
          alg: rarely(key.publicJwk.alg, fc.oneof(fc.constantFrom('RS256', 'ES256', 'EdDSA', 'none', 'HS256', 'PS256'), odd)),
          kid: rarely(key.publicJwk.kid, fc.oneof(fc.constantFrom(...all.map(({ publicJwk }) => publicJwk.kid)), odd)),
          typ: rarely(typ ?? undefined, fc.oneof(fc.constantFrom('JWT', 'at+jwt', 'application/at+jwt', 'jwt'), odd)),
        }),
        rarely({}, fc.dictionary(fc.constantFrom('crit', 'b64', 'jku', 'x5c', 'jwk', 'zip', 'x5t', 'cty', 'toString'), odd)),
        fc.record(
          Object.fromEntries(
            Object.entries(claims).map(([member, value]) => {
              const isTime = ['exp', 'iat', 'nbf', 'auth_time'].includes(member)
              return [member, rarely(value, isTime ? time : fc.oneof(odd, fc.constantFrom(...others.map((other) => other[member]))))]
            }),
          ),
        ),
        rarely({}, fc.record({ nbf: time, auth_time: time }, { requiredKeys: [] })),
        rarely(null, fc.constantFrom(...all)),
        fc.tuple(text, text, spelled, spelled),
      )
      .map(([header, extra, payload, times, signer, [a, b, c, d]]) => {
        const head = c(base64url(a(JSON.stringify({ ...header, ...(extra as object) }))))
        const body = d(base64url(b(JSON.stringify({ ...payload, ...(times as object) }))))
        return { name, token: signInput(`${head}.${body}`, (signer as TestKey | null) ?? key) }
      }),
  )
})

test('accepts a subset of what jose accepts, with the same claims: alone, among others, with and without cache', async () => {
  const accepted = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(token, async ({ name, token: made }) => {
      const answer = ask(together, made)
      expect(ask(cached, made)).toEqual(answer)
      expect(ask(cached, made)).toEqual(answer)
      if (answer === null) return
      // Exchanged claims can make it a token of another service, in full.
      const by = names.find((each) => services[each].claims['iss'] === answer.issuer)!
      expect(ask(alone.get(by)!, made)).toEqual(answer)
      expect(await oracle(by, made)).toEqual(answer.claims)
      accepted.set(name, (accepted.get(name) ?? 0) + 1)
    }),
    { numRuns: 2000 },
  )
  // A subset that holds nothing would prove nothing.
  for (const name of names) expect(accepted.get(name), name).toBeGreaterThan(10)
})

test('never throws, and accepts no string that nobody signed', () => {
  const segment = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.json().map((value) => base64url(value)),
    fc.constantFrom(...names.map((name) => base64url(JSON.stringify(services[name].claims)))),
    fc.constantFrom(...all.map((key) => base64url(JSON.stringify(hostedHeader(key))))),
    fc.uint8Array({ minLength: 256, maxLength: 256 }).map((bytes) => base64url(bytes)),
  )
  const compact = fc.tuple(segment, segment, segment).map((segments) => segments.join('.'))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), compact), (made) => {
      for (const checker of [together, cached, ...alone.values()]) expect(ask(checker, made)).toBe(null)
      expect(typeof together.recognizes(made)).toBe('boolean')
    }),
    { numRuns: 2000 },
  )
})

test('mutations of good tokens: cut, doubled, swapped, spliced', () => {
  const goods = names.flatMap((name) => trials[name]!.keys.map((key) => forge(hostedHeader(key, services[name].typ), services[name].claims, key)))
  for (const good of goods) expect(ask(together, good)).not.toBe(null)
  fc.assert(
    fc.property(fc.constantFrom(...goods), fc.constantFrom(...goods), fc.nat(1500), fc.nat(1500), fc.nat(1500), (one, other, i, j, k) => {
      for (const made of [
        one.slice(0, i) + one.slice(j),
        one.slice(0, i) + other.slice(j, k) + one.slice(i),
        one.slice(0, i) + other.slice(i),
        one.slice(i) + one.slice(0, i),
      ]) {
        if (!goods.includes(made)) expect(ask(together, made)).toBe(null)
      }
    }),
    { numRuns: 1000 },
  )
})
