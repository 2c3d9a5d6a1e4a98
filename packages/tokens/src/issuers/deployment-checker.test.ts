import { createHash } from 'node:crypto'
import { StoreUnavailableError, type Session, type SessionStore } from '@sallyport/core'
import { expect, test } from 'vitest'
import { AUDIENCE, claims, forge, headerOf, newKey, NOW, testClock } from '../../test/fixtures.ts'
import { issuerServer, json } from '../../test/issuer-server.ts'
import { sampleSession } from '../../test/own-tokens.ts'
import { publicKeySet } from '../public-key-set.ts'
import { deploymentChecker, type DeploymentSettings } from './deployment-checker.ts'

const key = await newKey('RS256')
const USER = '01890a5d-ac96-774b-bcce-b302099a8057'
const SESSION = 'w2cBHMkYPDdGIuIcYVK2cA'
const SECRET = `${'s'.repeat(42)}A`

const session = sampleSession({
  id: SESSION,
  userId: USER,
  secretHash: createHash('sha256').update(SECRET).digest('base64url'),
  authenticatedAt: NOW * 1000,
  claims: { version: 1, roles: ['editor'] },
})

/** A store with that one session, until it ends or the store fails; `reads` counts. */
function setUp(settings: Partial<DeploymentSettings>) {
  const store = { reads: 0, held: session as Session | null, failing: false }
  const sessions: Pick<SessionStore, 'find'> = {
    find: async () => {
      store.reads++
      if (store.failing) throw new StoreUnavailableError('down')
      return store.held
    },
  }
  const checker = deploymentChecker({
    settings: {
      strategy: 'session',
      mode: 'test',
      publicUrl: 'https://auth.example.test',
      audience: AUDIENCE,
      clientId: claims().client_id,
      accessTokenSeconds: 300,
      roleScopes: { editor: ['posts:delete'] },
      hostedIssuers: [],
      maximumRevocationSeconds: 900,
      authorizerTtlSeconds: 0,
      ...settings,
    },
    sessions,
    clock: testClock(),
    onError: () => expect.unreachable(),
  })
  return { store, checker }
}

test('session strategy: one read for a token of ours, none for anything else, and an outage is no verdict', async () => {
  const { store, checker } = setUp({})
  const token = `${USER}.${SESSION}.${SECRET}`
  expect(await checker.check(token)).toMatchObject({ userId: USER, roles: ['editor'], scopes: ['posts:delete'] })
  expect(await checker.checkStrictly?.(token)).toMatchObject({ userId: USER })
  expect(await checker.check(`${USER}.${SESSION}.${'t'.repeat(42)}A`)).toBeNull()
  expect(store.reads).toBe(3)
  expect(await checker.check('garbage')).toBeNull()
  expect(store.reads).toBe(3)
  store.failing = true
  await expect(checker.check(token)).rejects.toThrow(StoreUnavailableError)
  store.failing = false
  store.held = null
  expect(await checker.check(token)).toBeNull()
})

test('jwt strategy: by the key set, without a read; strictly with one, with the roles of now', async () => {
  const server = await issuerServer(json(publicKeySet([key.publicJwk])))
  try {
    const { store, checker } = setUp({ strategy: 'jwt', publicUrl: server.url })
    const token = forge(headerOf(key), claims({ iss: server.url, sub: USER, sid: SESSION, roles: ['author'] }), key)
    expect(await checker.check(token)).toMatchObject({ userId: USER, roles: ['author'] })
    expect(store.reads).toBe(0)
    expect(await checker.checkStrictly?.(token)).toMatchObject({ userId: USER, roles: ['editor'] })
    expect(store.reads).toBe(1)
    store.held = null
    expect(await checker.checkStrictly?.(token)).toBeNull()
    expect(await checker.checkStrictly?.(`${token.slice(0, -4)}AAAA`)).toBeNull()
    expect(store.reads).toBe(2)
  } finally {
    await server.close()
  }
})

test('jwt strategy in production: keys never come in plain text', async () => {
  const { checker } = setUp({ strategy: 'jwt', mode: 'production', publicUrl: 'https://auth.example.test' })
  expect(checker.checkStrictly).not.toBeNull()
  expect(() => setUp({ strategy: 'jwt', mode: 'production', publicUrl: 'not a url' })).toThrow('publicUrl')
})

test.each(['jwt', 'session'] as const)('hosted issuers of the settings stand beside our own (%s)', async (strategy) => {
  const server = await issuerServer(json({ keys: [key.publicJwk] }))
  try {
    const entry = { preset: 'oidc', issuer: server.url, audience: 'api', jwksUri: server.url, algorithms: ['RS256'], type: 'at+jwt' }
    const { store, checker } = setUp({ strategy, hostedIssuers: [entry] })
    const token = forge(headerOf(key), { iss: server.url, sub: 'ada', aud: 'api', iat: NOW, exp: NOW + 3600 }, key)
    expect(await checker.check(token)).toMatchObject({ userId: `${server.url}|ada` })
    expect(store.reads).toBe(0)
    if (strategy === 'session') expect(await checker.check(`${USER}.${SESSION}.${SECRET}`)).toMatchObject({ userId: USER })
  } finally {
    await server.close()
  }
})
