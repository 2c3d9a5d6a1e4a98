import { AssertionError } from 'node:assert'
import { openStoreTrial, runClauses, storeClauses, storeMutants, type Soil, type StoreHarness } from '@sallyport/conformance'
import type { Stores } from '@sallyport/core'
import { afterAll, describe, expect, it } from 'vitest'
import { memoryKeyspace, memoryStores } from './index.ts'

// Here and not in the kit's own package: the kit knows no store, and this one is what the faults are planted into.
const rows: string[] = []

afterAll(() => {
  const width = Math.max(...storeMutants.map(({ name }) => name.length))
  console.log([`${'planted fault'.padEnd(width)} | killed by`, ...rows].join('\n'))
})

describe('the store kit', () => {
  it('passes on the sound store', async () => {
    const results = await runOn(({ stores }) => stores)
    expect(results.filter(({ error }) => error !== null)).toEqual([])
  })

  for (const mutant of storeMutants) {
    it(`finds: ${mutant.name}`, async () => {
      const failed = (await runOn((soil) => mutant.plant(soil))).filter(({ error }) => error !== null)
      rows.push(`${mutant.name.padEnd(Math.max(...storeMutants.map(({ name }) => name.length)))} | ${failed.map(({ id }) => id).join(' ')}`)
      expect(failed.map(({ id }) => id)).toEqual(expect.arrayContaining([...mutant.killedBy]))
      // Found because a promise did not hold, not because the planted code fell over; unless falling over is the fault.
      if (!/throws|TypeError|breaks/.test(mutant.name)) {
        for (const { id, error } of failed) if (mutant.killedBy.includes(id)) expect(error).toBeInstanceOf(AssertionError)
      }
    })
  }

  it('has a clause for every kill, and plants each fault once', () => {
    const ids = new Set(storeClauses.map(({ id }) => id))
    expect(storeMutants.flatMap(({ killedBy }) => killedBy).filter((id) => !ids.has(id))).toEqual([])
    expect(storeMutants.every(({ killedBy }) => killedBy.length > 0)).toBe(true)
    expect(new Set(storeMutants.map(({ name }) => name)).size).toBe(storeMutants.length)
  })
})

function runOn(plant: (soil: Soil) => Stores) {
  const harness: StoreHarness = {
    open: async ({ clock }) => {
      const keyspace = memoryKeyspace({ clock })
      const stores = plant({ stores: memoryStores({ clock, keyspace }), clock, handle: (other) => memoryStores({ clock: other, keyspace }) })
      return { stores, second: async () => stores, peek: async () => keyspace.dump(), sweep: async () => keyspace.sweep(), close: async () => {} }
    },
  }
  return runClauses(storeClauses, () => openStoreTrial(harness), { deadlineMs: 2000 })
}
