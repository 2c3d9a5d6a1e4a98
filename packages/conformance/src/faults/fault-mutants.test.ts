import { AssertionError } from 'node:assert'
import { afterAll, describe, expect, it } from 'vitest'
import { faultMutants } from '../../testing/fault-mutants.ts'
import { memoryFaults } from '../../testing/memory-faults.ts'
import { patientStores } from '../../testing/patient-stores.ts'
import { runClauses } from '../run-clauses.ts'
import { faultClauses } from './fault-clauses.ts'
import { openFaultTrial } from './fault-harness.ts'

describe('planted faults of adapters whose database fails', () => {
  const width = Math.max(...faultMutants.map(({ name }) => name.length))
  const table: string[] = []

  afterAll(() => console.log([`${'planted fault'.padEnd(width)} | found by`, ...table].join('\n')))

  for (const { name, plant, killedBy } of faultMutants) {
    // Most of it is waiting for deadlines.
    it.concurrent(`finds: ${name}`, async () => {
      const harness = memoryFaults((wire) => plant(wire, patientStores(wire)))
      const named = faultClauses.filter(({ id }) => killedBy.includes(id))
      const results = await runClauses(named, () => openFaultTrial(harness), { deadlineMs: 20_000 })
      expect(results.map(({ id }) => id)).toEqual(killedBy)
      // Found because a promise did not hold, not because the planted code fell over.
      for (const { error } of results) expect(error).toBeInstanceOf(AssertionError)
      table.push(`${name.padEnd(width)} | ${killedBy.join(' ')}`)
    })
  }

  it('leave no clause that finds nothing', () => {
    expect(faultClauses.map(({ id }) => id).filter((id) => !faultMutants.some(({ killedBy }) => killedBy.includes(id)))).toEqual([])
    expect(new Set(faultMutants.map(({ name }) => name)).size).toBe(faultMutants.length)
  })
})
