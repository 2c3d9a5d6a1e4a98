import { authorizer, ConfigurationError, StoreUnavailableError, type Principal, type TokenChecker } from '@sallyport/core'
import { expect, test } from 'vitest'
import { claims as ownClaims, forge, headerOf, ISSUER, newKey, testClock } from '../../test/fixtures.ts'
import { hostedHeader, jwksOf, services } from '../../test/hosted.ts'
import { hostedIssuers } from './hosted-issuers.ts'
import { ownAndHosted } from './own-and-hosted.ts'

const [own, key] = [await newKey('EdDSA'), await newKey('RS256')]
const { claims } = services.auth0
const hostedToken = forge(hostedHeader(key), claims, key)
const ownToken = forge(headerOf(own), ownClaims(), own)
const opaque = '01890a5d-ac96-774b-bcce-b302099a8057.w2cBHMkYPDdGIuIcYVK2cA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const hosted = hostedIssuers({ issuers: services.auth0.issuers(jwksOf(key)), clock: testClock() })

const somebody: Principal = {
  userId: 'user',
  sessionId: 'session',
  roles: [],
  scopes: [],
  profile: null,
  authenticatedAt: 0,
  asOf: 0,
  expiresAt: Number.MAX_SAFE_INTEGER,
}

/** A strategy of our own that writes down what it is asked, and knows everybody. */
function setUp(strict?: TokenChecker['checkStrictly']) {
  const asked: string[] = []
  const strategy: TokenChecker = {
    check: (token) => {
      asked.push(token)
      return somebody
    },
    checkStrictly: strict === undefined ? (token) => Promise.resolve(asked.push(`strictly ${token}`)).then(() => somebody) : strict,
  }
  return { asked, checker: ownAndHosted({ own: strategy, issuer: ISSUER, hosted }) }
}

test('each token goes to whom it names, and only there', () => {
  const { asked, checker } = setUp()
  expect(checker.check(hostedToken)).toMatchObject({ userId: 'https://sample.eu.auth0.com/|auth0|123456' })
  expect(asked).toEqual([])
  for (const token of [ownToken, opaque, '', 'garbage', 'a.b.c']) expect(checker.check(token)).toBe(somebody)
  expect(asked).toEqual([ownToken, opaque, '', 'garbage', 'a.b.c'])
})

test('a hosted token that is worth nothing is not tried on us', () => {
  const { asked, checker } = setUp()
  expect(checker.check(`${hostedToken.slice(0, -2)}AA`)).toBe(null)
  expect(checker.check(forge(hostedHeader(key), { ...claims, exp: 1 }, key))).toBe(null)
  expect(asked).toEqual([])
})

test('an outage of our own store is none for hosted tokens', () => {
  const down: TokenChecker = {
    check: () => {
      throw new StoreUnavailableError('down')
    },
    checkStrictly: null,
  }
  const checker = ownAndHosted({ own: down, issuer: ISSUER, hosted })
  expect(checker.check(hostedToken)).not.toBe(null)
  expect(() => checker.check(ownToken)).toThrow(StoreUnavailableError)
})

test('a strict rule reads our sessions, and hosted tokens have none', async () => {
  const { asked, checker } = setUp()
  const authorize = authorizer({ strategy: checker, clock: testClock() })
  expect(await authorize(ownToken, { access: 'signed-in', strict: true })).toMatchObject({ allowed: true })
  expect(await authorize(hostedToken, { access: 'signed-in', strict: true })).toMatchObject({ allowed: false, refusal: 'unauthenticated' })
  expect(asked).toEqual([`strictly ${ownToken}`])
  expect(setUp(null).checker.checkStrictly).toBe(null)
})

test('our own issuer is none of the hosted ones', () => {
  const { check, checkStrictly } = setUp().checker
  for (const issuer of ['', claims['iss'] as string]) {
    expect(() => ownAndHosted({ own: { check, checkStrictly }, issuer, hosted })).toThrow(ConfigurationError)
  }
})
