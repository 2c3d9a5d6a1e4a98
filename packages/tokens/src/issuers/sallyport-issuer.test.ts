import { ConfigurationError, StoreUnavailableError, type TokenChecker } from '@sallyport/core'
import { afterEach, expect, test } from 'vitest'
import { ALGORITHMS, AUDIENCE, claims, forge, headerOf, newKey, NOW, testClock, type TestKey } from '../../test/fixtures.ts'
import { jwksOf } from '../../test/hosted.ts'
import { issuerServer, json, type Answer, type IssuerServer } from '../../test/issuer-server.ts'
import { issuingStrategy, sampleSession } from '../../test/own-tokens.ts'
import { publicKeySet } from '../public-key-set.ts'
import { httpsFetch } from './fetch-key-set.ts'
import { sallyportIssuer, type SallyportIssuerOptions } from './sallyport-issuer.ts'

const [key, next] = [await newKey('RS256'), await newKey('ES256')]
const servers: IssuerServer[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const setOf = (...keys: readonly TestKey[]): Answer => json(publicKeySet(keys.map(({ publicJwk }) => publicJwk)))

async function setUp(answer: Answer = setOf(key), options: Partial<SallyportIssuerOptions> = {}) {
  const paths: (string | undefined)[] = []
  const server = await issuerServer((request, response) => {
    paths.push(request.url)
    answer(request, response)
  })
  servers.push(server)
  const clock = testClock()
  const fetchKeySet = httpsFetch({ allowLoopbackHttp: true, connectTimeoutMs: 15_000, timeoutMs: 15_000 })
  const checker = sallyportIssuer({ publicUrl: server.url, audience: AUDIENCE, clock, fetchKeySet, ...options })
  const tokenOf = (by: TestKey = key, changes: Readonly<Record<string, unknown>> = {}): string =>
    forge(headerOf(by), claims({ iss: server.url, ...changes }), by)
  return { server, clock, checker, tokenOf, paths }
}

test('the principal is the one that the jwt strategy finds in the same token, with and without profile', async () => {
  const { server, clock, checker } = await setUp()
  const session = sampleSession({ claims: { roles: ['editor'], attributes: { plan: 'pro' } } })
  for (const profileInToken of [true, false]) {
    const roleScopes = { editor: ['posts:write'], '*': ['me'] }
    const strategy = issuingStrategy({ key, clock, issuer: server.url, roleScopes, profileInToken })
    const { accessToken } = await strategy.issue(session, null)
    const own = strategy.check(accessToken)
    expect(await checker.check(accessToken)).toEqual(own)
    expect(own).toMatchObject({ userId: session.userId, roles: ['editor'], profile: profileInToken ? session.claims : null })
  }
})

test.each(ALGORITHMS)('keys of %s, from where the deployment publishes them', async (algorithm) => {
  const by = await newKey(algorithm)
  const { checker, tokenOf, paths } = await setUp(setOf(by))
  expect(await checker.check(tokenOf(by))).toMatchObject({ userId: claims().sub })
  expect(checker.check(tokenOf(by))).toMatchObject({ userId: claims().sub })
  expect(paths).toEqual(['/.well-known/jwks.json'])
})

test('a rotation: the new key is found by its first token, the retired one is refused once the set is due', async () => {
  let answer = setOf(key)
  const { clock, checker, tokenOf } = await setUp((request, response) => answer(request, response))
  const token = tokenOf(key, { exp: NOW + 3600 })
  expect(await checker.check(token)).not.toBe(null)
  answer = setOf(next)
  clock.at += 30_000
  expect(await checker.check(tokenOf(next))).not.toBe(null)
  expect(checker.check(token)).toBe(null)
})

test('whatever is wrong with a token it is nobody’s', async () => {
  const { checker, tokenOf, server } = await setUp(setOf(key), { clientId: 'sallyport' })
  expect(await checker.check(tokenOf())).not.toBe(null)
  const bad = [
    tokenOf(key, { exp: NOW }),
    tokenOf(key, { aud: 'other' }),
    tokenOf(key, { iss: `${server.url}/` }),
    tokenOf(key, { client_id: 'other' }),
    tokenOf(key, { sid: undefined }),
    tokenOf(next),
    forge({ ...headerOf(key), typ: 'JWT' }, claims({ iss: server.url }), key),
    'garbage',
    '',
  ]
  for (const token of bad) expect(await checker.check(token)).toBe(null)
})

test('unavailable while the deployment does not answer, and no session to read under a strict rule', async () => {
  const { checker, tokenOf } = await setUp((_request, response) => response.writeHead(503).end())
  await expect(checker.check(tokenOf())).rejects.toThrow(StoreUnavailableError)
  expect(() => checker.check(tokenOf())).toThrow(StoreUnavailableError)
  expect(checker.checkStrictly).toBe(null)
})

test('keys brought along at deploy are never fetched', async () => {
  const { checker, tokenOf, paths } = await setUp(setOf(next), { jwks: jwksOf(key) })
  expect(checker.check(tokenOf())).not.toBe(null)
  expect(checker.check(tokenOf(next))).toBe(null)
  expect(paths).toEqual([])
})

test('refuses an address that is none, an empty audience and an empty client', () => {
  const make = (changes: Partial<SallyportIssuerOptions>) => (): TokenChecker =>
    sallyportIssuer({ publicUrl: 'https://auth.example.com', audience: AUDIENCE, clock: testClock(), ...changes })
  expect(make({})).not.toThrow()
  for (const publicUrl of ['', 'auth.example.com', 'http://auth.example.com', 'https://auth.example.com/', 'https://auth.example.com?a']) {
    expect(make({ publicUrl })).toThrow(ConfigurationError)
  }
  for (const changes of [{ audience: '' }, { clientId: '' }, { coolDownSeconds: 0 }, { jwks: { keys: [] } }]) {
    expect(make(changes)).toThrow(ConfigurationError)
  }
})
