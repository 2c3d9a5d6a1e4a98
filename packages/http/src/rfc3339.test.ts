import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rfc3339 } from './rfc3339.ts'

it('writes every instant as Date does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 253_402_300_799_999 }), { minLength: 1 }), fc.nat(86_400_000), (instants, step) => {
      for (const instant of instants.flatMap((first) => [first, Math.min(first + step, 253_402_300_799_999), first])) {
        expect(rfc3339(instant)).toBe(new Date(instant).toISOString())
      }
    }),
  )
})
