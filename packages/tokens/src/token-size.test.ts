import {
  ATTRIBUTES_MAX_BYTES,
  jwtStrategy,
  recentChanges,
  ROLES_MAX_BYTES,
  systemRandom,
  type KeyRing,
  type Session,
  type SessionStore,
} from '@sallyport/core'
import { expect, test } from 'vitest'
import { AUDIENCE, newKey, NOW, testClock, verifierOf } from '../test/fixtures.ts'
import { tokenSigner } from './token-signer.ts'

/** RFC 6265 section 6.1, less the name of the cookie. */
const COOKIE_MAX = 4096 - '__Host-sallyport-access'.length
const ISSUER = `https://auth.${'example-'.repeat(8)}com/authentication`
const clock = testClock()
const key = await newKey('RS256')

const ROLES = Array.from({ length: 15 }, (_, index) => `role-${index}`.padEnd(62, 'x'))
const SCOPES = Array.from({ length: 15 }, (_, index) => `scope-${index}`.padEnd(67, 'x'))
/** The largest that any input of ours lets in. */
const PROFILE = { email: `${'a'.repeat(64)}@${'b'.repeat(185)}.com`, name: '\u{1F600}'.repeat(128), attributes: { note: 'x'.repeat(1013) } }

function sessionWith(claims: Partial<Session['claims']>): Session {
  return {
    id: 'w2cBHMkYPDdGIuIcYVK2cA',
    userId: '01890a5d-ac96-774b-bcce-b302099a8057',
    secretHash: null,
    counter: 0,
    rotatedAt: NOW * 1000,
    createdAt: NOW * 1000,
    authenticatedAt: NOW * 1000,
    idleExpiresAt: (NOW + 10_000) * 1000,
    expiresAt: (NOW + 100_000) * 1000,
    credentialsVersion: 1,
    claims: { version: 3, email: 'a@example.com', emailVerified: true, name: null, roles: [], attributes: {}, ...claims },
    client: { userAgent: null, network: null },
  }
}

async function issued(claims: Partial<Session['claims']>) {
  const strategy = jwtStrategy({
    sessions: {} as SessionStore,
    recent: recentChanges({ clock, tokenLifeSeconds: 300 }),
    keys: { refreshIfDue: () => null, signingKey: () => Promise.resolve(key.privateKey) } as unknown as KeyRing,
    signer: tokenSigner(),
    verifier: verifierOf([key], { clock, issuer: ISSUER }),
    clock,
    random: systemRandom,
    lifetimes: { accessTokenSeconds: 300, idleSeconds: 10_000, absoluteSeconds: 100_000, refreshGraceSeconds: 10 },
    refreshSecrets: ['a secret of some length for the test'],
    roleScopes: { [ROLES[0] ?? '']: SCOPES },
    issuer: ISSUER,
    audience: AUDIENCE,
    clientId: 'sallyport',
    profileInToken: true,
  })
  const { accessToken } = await strategy.issue(sessionWith(claims), null)
  return { size: accessToken.length, principal: await strategy.check(accessToken) }
}

test('the largest samples are what the limits allow', () => {
  expect(Buffer.byteLength(JSON.stringify(ROLES))).toBeLessThanOrEqual(ROLES_MAX_BYTES)
  expect(Buffer.byteLength(JSON.stringify(ROLES)) + 66).toBeGreaterThan(ROLES_MAX_BYTES)
  expect(SCOPES.join(' ').length).toBeLessThanOrEqual(1024)
  expect(Buffer.byteLength(JSON.stringify(PROFILE.attributes))).toBe(ATTRIBUTES_MAX_BYTES)
})

test('a token with the largest profile fits into a cookie, with it', async () => {
  const { size, principal } = await issued(PROFILE)
  expect(size).toBeLessThanOrEqual(COOKIE_MAX)
  expect(principal).toMatchObject({ profile: PROFILE })
})

test('with all the roles and scopes there can be it fits without the profile, which is then read where it is asked for', async () => {
  const { size, principal } = await issued({ ...PROFILE, roles: ROLES })
  expect(size).toBeLessThanOrEqual(COOKIE_MAX)
  expect(principal).toMatchObject({ profile: null, roles: ROLES, scopes: SCOPES })
})
