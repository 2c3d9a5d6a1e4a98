import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sweepingMap, type SweepingMap } from './sweeping-map.ts'

function expiring(limit: number): { map: SweepingMap<number>; clock: { time: number }; swept: number[] } {
  const clock = { time: 0 }
  const swept: number[] = []
  const map = sweepingMap<number>({
    rows: 'rows',
    limit,
    clock: { now: () => clock.time },
    isDead: (expiresAt, now) => now >= expiresAt,
    onSwept: (value) => swept.push(value),
  })
  return { map, clock, swept }
}

describe('sweepingMap', () => {
  it('stays near the number of living rows, however many come', () => {
    const { map, clock } = expiring(1_000_000)
    let largest = 0
    for (let index = 0; index < 1_000_000; index += 1) {
      clock.time = index
      map.set(`key ${index}`, index + 1000)
      largest = Math.max(largest, map.size)
    }
    expect(largest).toBeLessThan(2500)
  })

  it('refuses new rows when it is full of living ones, goes on with those it has, and takes new ones again when some died', () => {
    const { map, clock } = expiring(3)
    for (const key of ['a', 'b', 'c']) map.set(key, 10)
    expect(() => map.set('d', 10)).toThrow(
      expect.objectContaining({ code: 'store-unavailable', message: 'the memory store holds 3 rows, its limit' }),
    )
    map.set('a', 20)
    expect(map.get('a')).toBe(20)
    clock.time = 10
    map.set('d', 30)
    expect([map.get('a'), map.get('d')]).toEqual([20, 30])
    for (let index = 0; index < 100; index += 1) {
      clock.time = 20 + index
      map.set(`${index}`, clock.time + 1)
    }
    expect(map.get('99')).toBe(120)
  })

  it('never loses a living row, and sweeps to exactly the living ones', () => {
    const operation = fc.oneof(
      fc.record({ does: fc.constant('set' as const), key: fc.nat(20), life: fc.nat(30) }),
      fc.record({ does: fc.constant('delete' as const), key: fc.nat(20) }),
      fc.record({ does: fc.constant('wait' as const), time: fc.nat(10) }),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const { map, clock, swept } = expiring(1000)
        const model = new Map<string, number>()
        for (const step of operations) {
          if (step.does === 'wait') clock.time += step.time
          else if (step.does === 'delete')
            expect(map.delete(`${step.key}`) || !model.has(`${step.key}`) || model.get(`${step.key}`)! <= clock.time).toBe(true)
          else map.set(`${step.key}`, clock.time + step.life)
          if (step.does === 'delete') model.delete(`${step.key}`)
          if (step.does === 'set') model.set(`${step.key}`, clock.time + step.life)
          for (const [key, expiresAt] of model) if (clock.time < expiresAt) expect(map.get(key)).toBe(expiresAt)
        }
        map.sweep()
        const living = [...model].filter(([, expiresAt]) => clock.time < expiresAt)
        expect(new Map(map.entries())).toEqual(new Map(living))
        expect(swept.every((expiresAt) => expiresAt <= clock.time)).toBe(true)
      }),
    )
  })
})
