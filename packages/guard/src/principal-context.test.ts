import type { Principal } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextOf, vouchedIn, type Vouched } from './principal-context.ts'

const instant = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const principals: fc.Arbitrary<Principal> = fc.record({
  userId: fc.string({ minLength: 1 }),
  sessionId: fc.string(),
  roles: fc.array(fc.string()),
  scopes: fc.array(fc.string()),
  profile: fc.constant(null),
  authenticatedAt: instant,
  asOf: instant,
  expiresAt: instant,
})
const ADA: Principal = { userId: 'u', sessionId: 's', roles: ['a b', '"'], scopes: [], profile: null, authenticatedAt: 1, asOf: 2, expiresAt: 3 }
const EXAMPLE: Vouched = { principal: ADA, transport: 'cookie' }

const texts = (context: object): object => Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]))

describe('a context', () => {
  test('brings back who it was made of, with its numbers kept or turned into texts', () => {
    fc.assert(
      fc.property(principals, fc.constantFrom('bearer', 'cookie'), (principal, transport) => {
        expect(vouchedIn(contextOf({ principal, transport }))).toEqual({ principal, transport })
        expect(vouchedIn(texts(contextOf({ principal, transport })))).toEqual({ principal, transport })
      }),
    )
  })

  test('is flat, and leaves the profile behind', () => {
    const context = contextOf({
      principal: { ...ADA, profile: { version: 1, email: 'ada@example.org', emailVerified: true, name: 'Ada', roles: [], attributes: {} } },
      transport: 'bearer',
    })
    expect(Object.values(context).every((value) => ['string', 'number', 'boolean'].includes(typeof value))).toBe(true)
    expect(JSON.stringify(context)).not.toMatch(/ada/i)
  })

  test('without one of its members is nobody', () => {
    for (const name of Object.keys(contextOf(EXAMPLE))) {
      const { [name]: _left, ...rest } = contextOf(EXAMPLE)
      expect(vouchedIn(rest), name).toBeNull()
    }
  })

  test.each([
    ['another form', { sallyport: '1' }],
    ['a form that is a number', { sallyport: 2 }],
    ['another transport', { transport: 'query' }],
    ['a transport in capitals', { transport: 'Cookie' }],
    ['no user', { userId: '' }],
    ['a user that is a number', { userId: 7 }],
    ['roles that are a list', { roles: ['admin'] }],
    ['roles that are a text', { roles: 'admin' }],
    ['roles of numbers', { roles: '[1]' }],
    ['roles that are an object', { roles: '{"0":"admin","length":1}' }],
    ['an expiry of letters', { expiresAt: '3x' }],
    ['an expiry in another spelling', { expiresAt: '1e15' }],
    ['an expiry with a blank', { expiresAt: ' 3' }],
    ['an expiry below zero', { expiresAt: -1 }],
    ['an expiry that never comes', { expiresAt: Number.POSITIVE_INFINITY }],
    ['an expiry that is too large', { expiresAt: '9999999999999999' }],
    ['an expiry that is empty', { expiresAt: '' }],
  ])('with %s is nobody', (_, change) => {
    expect(vouchedIn({ ...contextOf(EXAMPLE), ...change })).toBeNull()
  })

  test('is nobody when it is anything else, also one whose members are inherited', () => {
    fc.assert(fc.property(fc.anything(), (value) => vouchedIn(value) === null))
    expect(vouchedIn(Object.create(contextOf(EXAMPLE)))).toBeNull()
  })
})
