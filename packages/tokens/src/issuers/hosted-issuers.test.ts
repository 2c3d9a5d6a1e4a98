import { authorizer, StoreUnavailableError, type Principal } from '@sallyport/core'
import { afterEach, expect, test } from 'vitest'
import { claims as ownClaims, forge, headerOf, ISSUER, newKey, NOW, testClock, verifierOf } from '../../test/fixtures.ts'
import { hostedHeader, jwksOf, services } from '../../test/hosted.ts'
import { issuerServer, json, type Answer, type IssuerServer } from '../../test/issuer-server.ts'
import { httpsFetch } from './fetch-key-set.ts'
import { isHostedPrincipal, type HostedIssuer } from './hosted-issuer.ts'
import { hostedIssuers, type HostedIssuersOptions } from './hosted-issuers.ts'
import { oidc } from './oidc.ts'

const [key, next, own] = [await newKey('ES256'), await newKey('ES256'), await newKey('EdDSA')]
const { claims } = services.oidc
const token = forge(hostedHeader(key), claims, key)
const rotated = forge(hostedHeader(next), claims, next)
const servers: IssuerServer[] = []
const silence: Answer = () => undefined

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** The issuer of `services.oidc`, with its keys at a server of this machine. */
function fetchedFrom(url: string): HostedIssuer {
  return { ...services.oidc.issuers(jwksOf(key))[0]!, keySet: { url } }
}

async function setUp(answer: Answer = json(jwksOf(key)), options: Partial<HostedIssuersOptions> = {}) {
  const server = await issuerServer(answer)
  servers.push(server)
  const clock = testClock()
  const errors: { readonly error: unknown; readonly issuer: string }[] = []
  const checker = hostedIssuers({
    issuers: [fetchedFrom(server.url)],
    clock,
    fetchKeySet: httpsFetch({ allowLoopbackHttp: true, connectTimeoutMs: 15_000, timeoutMs: answer === silence ? 1000 : 15_000 }),
    onError: (error, issuer) => errors.push({ error, issuer }),
    ...options,
  })
  return { server, clock, checker, errors }
}

test('a promise where keys have to be fetched, a value from then on', async () => {
  const { server, checker } = await setUp()
  const first = checker.check(token)
  expect(first).toBeInstanceOf(Promise)
  expect(await first).toMatchObject({ subject: 'b3a1f9d2' })
  expect(checker.check(token)).toMatchObject({ subject: 'b3a1f9d2' })
  expect(server.requests()).toBe(1)
})

test('a hundred cold callers cause one request', async () => {
  const { server, checker } = await setUp()
  const answers = await Promise.all(Array.from({ length: 100 }, async () => checker.check(token)))
  expect(answers.every((answer) => answer !== null)).toBe(true)
  expect(server.requests()).toBe(1)
})

test('what can be refused without keys causes no request', async () => {
  const { server, checker } = await setUp()
  const bad = [
    'garbage',
    `${token}=`,
    forge(hostedHeader(key), { ...claims, exp: NOW }, key),
    forge(hostedHeader(key), { ...claims, iss: 'https://evil.example.com' }, key),
    forge(hostedHeader(key), { ...claims, aud: 'other' }, key),
    forge({ ...hostedHeader(key), alg: 'none' }, claims, key),
    forge({ ...hostedHeader(key), typ: 'logout+jwt' }, claims, key),
    forge({ ...hostedHeader(key), kid: 'k'.repeat(257) }, claims, key),
    forge({ ...hostedHeader(key), crit: ['exp'] }, claims, key),
  ]
  for (const each of bad) expect(checker.check(each)).toBe(null)
  expect(server.requests()).toBe(0)
})

test('a new key is found when its first token comes, a removed one is refused once the set is due, cached answers too', async () => {
  const { server, clock, checker } = await setUp(json(jwksOf(key)), { cache: { maxEntries: 10, maxAgeSeconds: 3600 } })
  expect(await checker.check(token)).not.toBe(null)
  expect(checker.check(rotated)).toBe(null)
  server.answer(json(jwksOf(key, next)))
  expect(checker.check(rotated)).toBe(null)
  clock.at += 30_000
  expect(await checker.check(rotated)).not.toBe(null)
  expect(checker.check(token)).not.toBe(null)
  server.answer(json(jwksOf(next)))
  clock.at += 599_000
  expect(checker.check(token)).not.toBe(null)
  clock.at += 1000
  expect(await checker.check(token)).toBe(null)
  expect(await checker.check(rotated)).not.toBe(null)
})

const failures: Readonly<Record<string, Answer>> = {
  'a server error': (_request, response) => response.writeHead(500).end(),
  'a page of a proxy': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in</body></html>'),
  'a redirect': (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  silence,
  'a connection that breaks': (request) => request.socket.destroy(),
  'a set without keys': json({ keys: [] }),
  'a set with keys for encryption only': json({ keys: [{ ...key.publicJwk, use: 'enc' }] }),
  'a set that grew out of all bounds': json({ keys: Array.from({ length: 2000 }, () => key.publicJwk) }),
}

test.each(Object.entries(failures))(
  '%s: unavailable without keys, bridged by the last good set, and over at its maximum age',
  async (_what, answer) => {
    const { server, clock, checker, errors } = await setUp(answer, { maxStaleSeconds: 1200 })
    await expect(checker.check(token)).rejects.toThrow(StoreUnavailableError)
    expect(() => checker.check(token)).toThrow(StoreUnavailableError)
    server.answer(json(jwksOf(key)))
    clock.at += 5000
    expect(await checker.check(token)).not.toBe(null)
    server.answer(answer)
    clock.at += 600_000
    expect(await checker.check(token)).not.toBe(null)
    expect(checker.check(token)).not.toBe(null)
    expect(() => checker.check(rotated)).toThrow(StoreUnavailableError)
    clock.at += 600_000
    await expect(checker.check(token)).rejects.toThrow(StoreUnavailableError)
    expect(errors.length).toBeGreaterThanOrEqual(3)
    expect(errors.every(({ issuer }) => issuer === claims['iss'])).toBe(true)
  },
)

test('one issuer that cannot be reached concerns only its own tokens', async () => {
  const { server, checker } = await setUp(failures['a server error'], {})
  const both = hostedIssuers({
    issuers: [fetchedFrom(server.url), services.auth0.issuers(jwksOf(await newKey('RS256')))],
    clock: testClock(),
    fetchKeySet: httpsFetch({ allowLoopbackHttp: true }),
  })
  await expect(both.check(token)).rejects.toThrow(StoreUnavailableError)
  expect(both.check(forge({ alg: 'RS256', kid: 'unknown', typ: 'JWT' }, services.auth0.claims, key))).toBe(null)
  expect(checker.issuers).toEqual([claims['iss']])
  expect(both.issuers).toEqual([claims['iss'], services.auth0.claims['iss']])
})

test('the guard: 503 while keys cannot be had, nobody under a strict rule, roles, scopes and freshness as declared', async () => {
  const { server, clock, checker } = await setUp(failures['a server error'])
  const authorize = authorizer({ strategy: checker, clock })
  await expect(authorize(token, { access: 'signed-in' })).rejects.toThrow(StoreUnavailableError)
  server.answer(json(jwksOf(key)))
  clock.at += 5000
  expect(await authorize(token, { access: 'signed-in', roles: ['editor'], scopes: ['email'] })).toMatchObject({ allowed: true })
  expect(authorize(token, { access: 'signed-in', roles: ['admin'] })).toMatchObject({ allowed: false, refusal: 'forbidden' })
  expect(authorize(token, { access: 'signed-in', strict: true })).toMatchObject({ allowed: false, refusal: 'unauthenticated' })
  expect(authorize(token, { access: 'signed-in', freshSeconds: 300 })).toMatchObject({ allowed: true })
  const undated = forge(hostedHeader(key), { ...claims, auth_time: undefined }, key)
  expect(authorize(undated, { access: 'signed-in', freshSeconds: 300 })).toMatchObject({ allowed: false, refusal: 'not-fresh' })
})

test('a principal is frozen all the way down where it is shared, and tells that it is hosted', async () => {
  const { checker } = await setUp(json(jwksOf(key)), { cache: { maxEntries: 10, maxAgeSeconds: 60 } })
  const principal: Principal | null = await checker.check(token)
  if (principal === null || !isHostedPrincipal(principal)) throw new Error('no hosted principal')
  expect(checker.check(token)).toBe(principal)
  expect(principal.claims['realm_access']).toEqual({ roles: ['editor'] })
  expect(() => (principal.roles as string[]).push('admin')).toThrow(TypeError)
  expect(() => (principal.claims['realm_access'] as { roles: string[] }).roles.push('admin')).toThrow(TypeError)
  const { issuer: _issuer, claims: _claims, ...plain } = principal
  expect(isHostedPrincipal(plain)).toBe(false)
})

test('without a cache it is frozen too', async () => {
  const { checker } = await setUp()
  const principal = await checker.check(token)
  expect(() => (principal!.roles as string[]).push('admin')).toThrow(TypeError)
  expect(() => (principal!.claims['realm_access'] as { roles: string[] }).roles.push('admin')).toThrow(TypeError)
})

test('a list that a mapping of roles returns stays the application’s own', () => {
  const everybody = ['reader']
  const [issuer] = services.oidc.issuers(jwksOf(key))
  const mapped = oidc({
    issuer: issuer!.issuer,
    audience: 'posts-api',
    jwksUri: 'https://id.example.com/keys',
    algorithms: ['ES256'],
    type: 'JWT',
    roles: () => everybody,
    jwks: jwksOf(key),
  })
  expect(hostedIssuers({ issuers: [mapped], clock: testClock() }).check(token)).toMatchObject({ roles: ['reader'] })
  expect(everybody.push('writer')).toBe(2)
})

test('a token is too old when the configuration says so, whatever its exp, cached or not', async () => {
  for (const cache of [undefined, { maxEntries: 10, maxAgeSeconds: 3600 }]) {
    const { clock, checker } = await setUp(json(jwksOf(key)), { maxTokenAgeSeconds: 300, ...(cache === undefined ? {} : { cache }) })
    expect(await checker.check(token)).toMatchObject({ expiresAt: (NOW + 300) * 1000 })
    clock.at += 299_999
    expect(checker.check(token)).not.toBe(null)
    clock.at += 1
    expect(checker.check(token)).toBe(null)
  }
})

test('what a mapping of roles throws is a bug of the configuration and lets nobody in', () => {
  const jwks = jwksOf(key)
  const broken = oidc({
    issuer: claims['iss'] as string,
    audience: 'posts-api',
    jwksUri: 'https://id.example.com/keys',
    algorithms: ['ES256'],
    type: 'JWT',
    roles: () => {
      throw new Error('broken mapping')
    },
    jwks,
  })
  expect(() => hostedIssuers({ issuers: [broken], clock: testClock() }).check(token)).toThrow('broken mapping')
})

test('our own tokens are none of the hosted ones, and the other way round', () => {
  const checker = hostedIssuers({ issuers: services.oidc.issuers(jwksOf(key, own)), clock: testClock() })
  expect(checker.check(forge(headerOf(own), ownClaims(), own))).toBe(null)
  expect(verifierOf([key]).verify(forge(headerOf(key), { ...ownClaims(), iss: claims['iss'] }, key))).toEqual({ ok: false, refusal: 'issuer' })
  expect(verifierOf([key]).verify(forge(hostedHeader(key), { ...claims, iss: ISSUER }, key))).toEqual({ ok: false, refusal: 'header' })
})
