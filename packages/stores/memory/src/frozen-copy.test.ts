import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frozenCopy } from './frozen-copy.ts'

function parts(value: unknown): object[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(parts)] : []
}

it('equals what was given, shares nothing with it, and is frozen to the bottom', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = frozenCopy(value)
      expect(copy).toEqual(value)
      const given = new Set(parts(value))
      for (const part of parts(copy)) expect([Object.isFrozen(part), given.has(part)]).toEqual([true, false])
    }),
  )
})

it('keeps a key `__proto__` as a key', () => {
  const copy = frozenCopy(JSON.parse('{"__proto__":{"admin":true}}') as object)
  expect(Object.keys(copy)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
})
