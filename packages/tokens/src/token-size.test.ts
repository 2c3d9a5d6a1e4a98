import { ATTRIBUTES_MAX_BYTES, ROLES_MAX_BYTES, type Claims } from '@sallyport/core'
import { expect, test } from 'vitest'
import { newKey, testClock } from '../test/fixtures.ts'
import { issuingStrategy, sampleSession } from '../test/own-tokens.ts'

/** RFC 6265 section 6.1, less the name of the cookie. */
const COOKIE_MAX = 4096 - '__Host-sallyport-access'.length
const ISSUER = `https://auth.${'example-'.repeat(8)}com/authentication`
const clock = testClock()
const key = await newKey('RS256')

const ROLES = Array.from({ length: 15 }, (_, index) => `role-${index}`.padEnd(62, 'x'))
const SCOPES = Array.from({ length: 15 }, (_, index) => `scope-${index}`.padEnd(67, 'x'))
/** The largest that any input of ours lets in. */
const PROFILE = { email: `${'a'.repeat(64)}@${'b'.repeat(185)}.com`, name: '\u{1F600}'.repeat(128), attributes: { note: 'x'.repeat(1013) } }

async function issued(claims: Partial<Claims>) {
  const strategy = issuingStrategy({ key, clock, issuer: ISSUER, roleScopes: { [ROLES[0] ?? '']: SCOPES }, profileInToken: true })
  const { accessToken } = await strategy.issue(sampleSession({ claims }), null)
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
