import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyRoles } from './key-roles.ts'
import type { SigningKey } from './signing-key.ts'

function key(generation: number, activeFrom: number, retiredAt: number | null = null): SigningKey {
  const kid = `kid-${generation}`
  const publicJwk = { kty: 'RSA', kid, alg: 'RS256', use: 'sig' } as const
  return {
    generation,
    kid,
    algorithm: 'RS256',
    publicJwk,
    wrappedPrivateKey: retiredAt === null ? 'sealed' : null,
    createdAt: 0,
    activeFrom,
    retiredAt,
  }
}

const generations = (keys: readonly SigningKey[]): number[] => keys.map(({ generation }) => generation)

describe('keyRoles', () => {
  const keys = [key(1, 0), key(2, 1000), key(3, 2000)]

  it('follows the times', () => {
    expect(keyRoles(keys, 999, 300).current?.generation).toBe(1)
    expect(keyRoles(keys, 1000, 300).current?.generation).toBe(2)
    expect(generations(keyRoles(keys, 999, 300).next)).toEqual([2, 3])
    expect(generations(keyRoles(keys, 2000, 300).next)).toEqual([])
  })

  it('keeps a key until the last token it can have signed has died, and not longer', () => {
    expect(generations(keyRoles(keys, 1299, 300).previous)).toEqual([1])
    expect(generations(keyRoles(keys, 1300, 300).previous)).toEqual([])
    expect(generations(keyRoles(keys, 1300, 300).spent)).toEqual([1])
  })

  it('a retired key has no role, also where the clock of whoever retired it is ahead', () => {
    const leaked = [key(1, 0), key(2, 1000, 1100)]
    for (const now of [1050, 1100, 1200]) {
      const { current, previous, next } = keyRoles(leaked, now, 300)
      expect([current?.generation, previous, next]).toEqual([1, [], []])
    }
  })

  it('without keys there is none', () => {
    expect(keyRoles([], 5, 300)).toEqual({ current: null, next: [], previous: [], spent: [] })
  })

  it('every good key has exactly one role, and at most one signs', () => {
    const some = fc.uniqueArray(fc.record({ generation: fc.integer({ min: 1, max: 9 }), from: fc.nat(100), retired: fc.option(fc.nat(100)) }), {
      selector: (k) => k.generation,
    })
    fc.assert(
      fc.property(some, fc.nat(120), (made, now) => {
        const all = made.map((k) => key(k.generation, k.from, k.retired))
        const roles = keyRoles(all, now, 10)
        const placed = [...(roles.current === null ? [] : [roles.current]), ...roles.next, ...roles.previous, ...roles.spent]
        const good = all.filter((k) => k.retiredAt === null)
        expect(new Set(placed).size).toBe(placed.length)
        if (roles.current !== null) expect(roles.current.activeFrom).toBeLessThanOrEqual(now)
        for (const k of placed) expect(good).toContain(k)
        if (roles.current !== null) {
          const forgotten = good.filter((k) => !placed.includes(k))
          expect(forgotten).toEqual([])
        }
      }),
    )
  })
})
