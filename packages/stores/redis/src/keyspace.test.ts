import { ConfigurationError, StoreUnavailableError, type Json } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, identityDigest, keyspace } from './keyspace.ts'

const keys = keyspace('app')
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('{', '}', ':', '~', 'a', '\n', '\uD800', '\uDC00') }))
/** What cluster nodes compute the slot from: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags */
const tagOf = (key: string): string | undefined => /^[^{]*\{([^}]+)\}/.exec(key)?.[1]

describe('names of keys', () => {
  it('are different for different ids, whatever the ids contain', () => {
    fc.assert(
      fc.property(text, text, text, text, (user, session, otherUser, otherSession) => {
        const isSame = user === otherUser && session === otherSession
        expect(keys.session(user, session) === keys.session(otherUser, otherSession)).toBe(isSame)
        expect(keys.user(user) === keys.user(otherUser)).toBe(user === otherUser)
        expect(identityDigest(user) === identityDigest(otherUser)).toBe(user === otherUser)
      }),
    )
  })

  it('of one user are in one slot, and those of all users in another', () => {
    fc.assert(
      fc.property(text, text, (user, session) => {
        const owned = [keys.session(user, session), keys.sessions(user), keys.floor(user), keys.oneTimeToken(user, 'verify-email')].map(tagOf)
        expect(owned[0]).toMatch(/^[\w~-]+$/)
        expect(new Set(owned).size).toBe(1)
        expect([keys.user(user), keys.identity(identityDigest(session)), keys.users].map(tagOf)).toEqual(['app:users', 'app:users', 'app:users'])
      }),
    )
  })

  it('keep windows and keys of counters apart', () => {
    const counter = fc.record({ key: text, windowMs: fc.nat(), resetsAt: fc.nat() })
    fc.assert(
      fc.property(counter, counter, (one, other) => {
        expect(keys.counter(one) === keys.counter(other)).toBe(
          one.key === other.key && one.windowMs === other.windowMs && one.resetsAt === other.resetsAt,
        )
      }),
    )
  })

  it('have a prefix that cannot be mistaken', () => {
    for (const prefix of ['', 'a:b', '{a}', 'a b', 'a*', 'x'.repeat(65), 'ä']) expect(() => keyspace(prefix)).toThrow(ConfigurationError)
  })
})

describe('records', () => {
  it('come back as they were, with a line for each value', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ stringUnit: 'binary' }), { minLength: 1 }), (values) => {
        const expected = JSON.parse(JSON.stringify(values)) as Json[]
        expect(encode(expected).split('\n')).toHaveLength(values.length)
        expect(decode(encode(expected))).toEqual(expected)
      }),
    )
  })

  it('that nobody wrote are a failure, and are not quoted', () => {
    for (const record of ['secret', '{"a":', undefined, 1]) {
      expect(() => decode(record)).toThrow(StoreUnavailableError)
      expect(() => decode(record)).not.toThrow(/secret/)
    }
  })
})
