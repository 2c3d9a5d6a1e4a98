/** The attacks on our own tokens (`token-attacks.test.ts`) again, where issuers are several, their keys are foreign and the headers freer. */
import { createHmac, createPublicKey } from 'node:crypto'
import { ConfigurationError, type Principal } from '@sallyport/core'
import { expect, test } from 'vitest'
import { base64url, forge, newKey, testClock } from '../../test/fixtures.ts'
import { hostedHeader, jwksOf, services, TENANT } from '../../test/hosted.ts'
import { hostedIssuers, type HostedChecker, type HostedIssuersOptions } from './hosted-issuers.ts'

const keys = { RS256: await newKey('RS256'), ES256: await newKey('ES256'), EdDSA: await newKey('EdDSA') }
const [auth0Key, firebaseKey, stranger] = [await newKey('RS256'), await newKey('RS256'), await newKey('ES256')]
const { claims } = services.oidc
const all = Object.values(keys)
const fast = keys.ES256

function open(options: Partial<HostedIssuersOptions> = {}): HostedChecker {
  const issuers = [services.oidc.issuers(jwksOf(...all)), services.auth0.issuers(jwksOf(auth0Key)), services.firebase.issuers(jwksOf(firebaseKey))]
  return hostedIssuers({ issuers, clock: testClock(), ...options })
}

const checker = open()
const cached = open({ cache: { maxEntries: 100, maxAgeSeconds: 60 } })

/** Keys are at hand, so every answer is a value. */
function check(token: string): Principal | null {
  const answers = [checker.check(token), cached.check(token), cached.check(token)]
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  expect(answers[0]).not.toBeInstanceOf(Promise)
  return answers[0] as Principal | null
}

const good = forge(hostedHeader(fast), claims, fast)
const [header, payload, signature] = good.split('.') as [string, string, string]

test('the tokens the attacks start from are good', () => {
  for (const key of all) expect(check(forge(hostedHeader(key), claims, key))).not.toBe(null)
  expect(check(forge(hostedHeader(auth0Key), services.auth0.claims, auth0Key))).not.toBe(null)
  expect(check(forge(hostedHeader(firebaseKey), services.firebase.claims, firebaseKey))).not.toBe(null)
})

test.each(['none', 'None', 'NONE', '', null, undefined, 0, ['ES256'], {}])('alg %j, with and without a signature', (alg) => {
  const unsigned = `${base64url(JSON.stringify({ ...hostedHeader(fast), alg }))}.${payload}.`
  for (const token of [unsigned, unsigned + signature, forge({ ...hostedHeader(fast), alg }, claims, fast)]) expect(check(token)).toBe(null)
})

test('the public key as an HMAC secret', () => {
  for (const key of all) {
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
    for (const alg of ['HS256', 'HS384', 'HS512', key.publicJwk.alg]) {
      const input = `${base64url(JSON.stringify({ ...hostedHeader(key), alg }))}.${payload}`
      for (const secret of [pem, pem.trim(), publicKey.export({ type: 'spki', format: 'der' }), JSON.stringify(key.publicJwk)]) {
        expect(check(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toBe(null)
      }
    }
  }
})

test('the algorithm of another key, an allowed one that is not this key’s, and ones that nobody allowed', () => {
  for (const key of all) {
    for (const alg of ['RS256', 'ES256', 'EdDSA', 'PS256', 'RS512', 'ES384', 'Ed25519', 'rs256', 'HS256']) {
      if (alg !== key.publicJwk.alg) expect(check(forge({ ...hostedHeader(key), alg }, claims, key))).toBe(null)
    }
  }
  const only = hostedIssuers({ issuers: [{ ...services.oidc.issuers(jwksOf(...all))[0]!, algorithms: ['RS256'] }], clock: testClock() })
  expect(only.check(good)).toBe(null)
  expect(only.check(forge(hostedHeader(keys.RS256), claims, keys.RS256))).not.toBe(null)
})

test('an issuer’s own key over the claims of another issuer, both configured (RFC 8725 section 3.8)', () => {
  const firebaseClaims = services.firebase.claims
  for (const by of [auth0Key, ...all]) {
    expect(check(forge(hostedHeader(by), firebaseClaims, by))).toBe(null)
    expect(check(forge({ ...hostedHeader(by), kid: firebaseKey.publicJwk.kid }, firebaseClaims, by))).toBe(null)
  }
})

test.each<unknown>([
  'https://evil.example.com/',
  'https://id.example.com/realms/main/',
  'https://id.example.com/realms/Main',
  'https://id.example.com/realms/main\n',
  ['https://id.example.com/realms/main'],
  { toString: 'https://id.example.com/realms/main' },
  '',
  null,
  undefined,
  '__proto__',
  'constructor',
])('iss %j is looked up exactly or not at all', (iss) => {
  const token = forge(hostedHeader(fast), { ...claims, iss }, fast)
  expect(check(token)).toBe(null)
  expect(checker.recognizes(token)).toBe(false)
  const single = hostedIssuers({ issuers: [services.oidc.issuers(jwksOf(...all))], clock: testClock() })
  expect(single.check(token)).toBe(null)
})

test.each<unknown>([
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  '../../dev/null',
  "' OR 1=1",
  'k'.repeat(4000),
  null,
  undefined,
  0,
  true,
  [],
  {},
])('kid %j is looked up exactly or not at all', (kid) => {
  expect(check(forge({ ...hostedHeader(fast), kid }, claims, fast))).toBe(null)
  expect(check(forge({ ...hostedHeader(fast), kid: [fast.publicJwk.kid] }, claims, fast))).toBe(null)
})

test('kid with other case, blanks, a missing letter, or of another issuer', () => {
  const { kid } = fast.publicJwk
  for (const other of [kid.toLowerCase(), ` ${kid}`, `${kid}\0`, kid.slice(1), auth0Key.publicJwk.kid]) {
    expect(check(forge({ ...hostedHeader(fast), kid: other }, claims, fast))).toBe(null)
  }
})

test('key material in the header changes nothing: not whose key it is, and not whether the right one is right', () => {
  const url = 'https://attacker.example/keys'
  for (const members of [{ jwk: stranger.publicJwk }, { jku: url }, { x5u: url }, { x5c: ['MIIB'] }, { x5t: 'abc' }, { 'x5t#S256': 'abc' }]) {
    expect(check(forge({ ...hostedHeader(fast), ...members }, claims, fast))).not.toBe(null)
    expect(check(forge({ ...hostedHeader(fast), ...members }, claims, fast, stranger))).toBe(null)
    expect(check(forge({ ...hostedHeader(stranger), ...members }, claims, stranger))).toBe(null)
  }
})

test.each(['crit', 'b64', 'zip', 'enc'])('header member %s', (name) => {
  for (const value of [null, true, false, [], ['b64'], ['exp'], 'DEF', 'A128GCM']) {
    expect(check(forge({ ...hostedHeader(fast), [name]: value }, claims, fast))).toBe(null)
  }
})

test.each<unknown>(['jwt', 'JWS', 'application/at+jwt', 'AT+JWT', 'logout+jwt', 'secevent+jwt', 'dpop+jwt', '', undefined, null, ['JWT']])(
  'typ %j where JWT and at+jwt are accepted',
  (typ) => {
    expect(check(forge({ ...hostedHeader(fast), typ }, claims, fast))).toBe(null)
  },
)

test('a header without typ, and not one with another, where none is accepted', () => {
  const key = auth0Key
  const each = hostedIssuers({ issuers: services.cognitoAccess.issuers(jwksOf(key)), clock: testClock() })
  const ask = (typ: unknown): unknown => each.check(forge({ ...hostedHeader(key, null), typ }, services.cognitoAccess.claims, key))
  expect(ask(undefined)).not.toBe(null)
  for (const typ of [null, '', 'at+jwt', 'none']) expect(ask(typ)).toBe(null)
})

test('every form but one compact JWS of three canonical segments', () => {
  const forms = [
    '', '.', '..', '...', header, `${header}.${payload}`, `${header}.${payload}.`, `.${payload}.${signature}`, `${header}..${signature}`,
    `${good}.`, `.${good}`, `${good}.${signature}`, `${header}.${payload}.${payload}.${signature}`, `${header}.${payload}.${signature}.${signature}.${signature}`,
    `${good}=`, `${header}=.${payload}.${signature}`, `${header}.${payload}=.${signature}`, ` ${good}`, `${good} `, `${good}\n`, `${good}\0`, `"${good}"`, `Bearer ${good}`,
    `${header} .${payload}.${signature}`, `${header}.\n${payload}.${signature}`, `${good},${good}`, `\uFEFF${good}`, good.replace('.', '\uFF0E'), good.replaceAll('.', '%2E'),
    `${good}A`, good.slice(0, -1), JSON.stringify({ protected: header, payload, signature }), JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    'a'.repeat(8192), '.'.repeat(8192), '.'.repeat(1e6),
  ] // prettier-ignore
  for (const form of forms) expect(check(form)).toBe(null)
})

test('no one-byte change of a good token is accepted', () => {
  const accepted: string[] = []
  for (let at = 0; at <= good.length; at++) {
    for (const letter of ['', 'A', 'B', 'Q', 'w', '-', '_', '.', '=', '+', '/', ' ', '\n', '\0', '\u0141']) {
      for (const changed of [good.slice(0, at) + letter + good.slice(at + 1), good.slice(0, at) + letter + good.slice(at)]) {
        if (changed !== good && checker.check(changed) !== null) accepted.push(changed)
      }
    }
  }
  expect(accepted).toEqual([])
})

test.each([null, undefined, 0, {}, [], Buffer.from(good), new String(good)])('what is not a string', (value) => {
  expect(check(value as string)).toBe(null)
})

test('a token is as long as configured, 16 KiB at most', () => {
  const groups = (count: number): string =>
    forge(hostedHeader(fast), { ...claims, groups: Array.from({ length: count }, () => '690222be-ff1a-4d56-abd1-7e4f7d38e474') }, fast)
  const [long, tooLong] = [groups(270), groups(400)]
  expect(long.length).toBeGreaterThan(8192)
  expect(tooLong.length).toBeGreaterThan(16_384)
  expect(check(long)).toBe(null)
  for (const each of [
    open({ maxTokenLength: 16_384 }),
    hostedIssuers({ issuers: services.oidc.issuers(jwksOf(...all)), clock: testClock(), maxTokenLength: 16_384 }),
  ]) {
    expect(each.check(long)).not.toBe(null)
    expect(each.recognizes(long)).toBe(true)
    expect(each.check(tooLong)).toBe(null)
    expect(each.recognizes(tooLong)).toBe(false)
  }
})

test('e-mail and names of another tenant’s administrator make nobody of this one (nOAuth)', () => {
  const key = auth0Key
  const each = hostedIssuers({ issuers: services.entraAccess.issuers(jwksOf(key)), clock: testClock() })
  const stolen = { ...services.entraAccess.claims, email: 'admin@example.com', preferred_username: 'admin@example.com', upn: 'admin@example.com' }
  expect(each.check(forge(hostedHeader(key), stolen, key))).toMatchObject({
    userId: `https://login.microsoftonline.com/${TENANT}/v2.0|690222be-ff1a-4d56-abd1-7e4f7d38e474`,
    profile: null,
  })
})

test.each<Partial<HostedIssuersOptions>>([
  { issuers: [] },
  { issuers: [[]] },
  { issuers: [services.firebase.issuers(jwksOf(fast, keys.RS256)), services.identityPlatform.issuers(jwksOf(keys.RS256))] },
  { leewaySeconds: 61 },
  { leewaySeconds: -1 },
  { leewaySeconds: Number.NaN },
  { maxTokenLength: 16_385 },
  { maxTokenLength: 0 },
  { maxTokenAgeSeconds: 0 },
  { maxTokenAgeSeconds: Infinity },
  { cache: { maxEntries: 1, maxAgeSeconds: 1 } },
  { coolDownSeconds: 0 },
  { refreshSeconds: 10, coolDownSeconds: 11 },
  { maxStaleSeconds: 599 },
  { maxStaleSeconds: Infinity },
])('refuses the settings %#', (options) => {
  expect(() => open(options)).toThrow(ConfigurationError)
})
