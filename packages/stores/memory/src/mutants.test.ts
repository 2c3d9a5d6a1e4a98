import { AssertionError } from 'node:assert'
import { openStoreTrial, runClauses, storeClauses, storeMutants, type ClauseResult, type Soil, type StoreHarness } from '@sallyport/conformance'
import type { Stores } from '@sallyport/core'
import { afterAll, describe, expect, it } from 'vitest'
import { memoryKeyspace, memoryStores } from './index.ts'

// Here and not in the kit's own package: the kit knows no store, and this is the one that the faults are planted into.
const width = Math.max(...storeMutants.map(({ name }) => name.length))
const table: string[] = []
const killing = new Set<string>()

afterAll(() => {
  console.log([`${'planted fault'.padEnd(width)} | found by`, ...table].join('\n'))
})

describe('the store kit', () => {
  it('passes on the sound store', async () => {
    expect(await failures(({ stores }) => stores)).toEqual([])
  })

  for (const mutant of storeMutants) {
    it(`finds: ${mutant.name}`, async () => {
      const failed = await failures((soil) => mutant.plant(soil))
      const ids = failed.map(({ id }) => id)
      table.push(`${mutant.name.padEnd(width)} | ${ids.join(' ')}`)
      for (const id of ids) killing.add(id)
      expect(mutant.killedBy.length).toBeGreaterThan(0)
      expect(ids).toEqual(expect.arrayContaining([...mutant.killedBy]))
      // Found because a promise did not hold, not because the planted code fell over; unless falling over is the fault.
      if (mutant.fallsOver === true) return
      for (const { id, error } of failed) if (mutant.killedBy.includes(id)) expect(error).toBeInstanceOf(AssertionError)
    })
  }

  it('has no clause that finds nothing, and no two faults of one name', () => {
    expect(storeClauses.map(({ id }) => id).filter((id) => !killing.has(id))).toEqual([])
    expect(new Set(storeMutants.map(({ name }) => name)).size).toBe(storeMutants.length)
  })
})

async function failures(plant: (soil: Soil) => Stores): Promise<readonly ClauseResult[]> {
  const harness: StoreHarness = {
    open: async ({ clock }) => {
      const keyspace = memoryKeyspace({ clock })
      const stores = plant({ stores: memoryStores({ clock, keyspace }), clock, handle: (other) => memoryStores({ clock: other, keyspace }) })
      return { stores, second: async () => stores, peek: async () => keyspace.dump(), sweep: async () => keyspace.sweep(), close: async () => {} }
    },
  }
  const results = await runClauses(storeClauses, () => openStoreTrial(harness), { deadlineMs: 2000 })
  return results.filter(({ error }) => error !== null)
}
