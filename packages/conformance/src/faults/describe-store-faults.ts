import { describe, it } from 'vitest'
import { runClause } from '../run-clauses.ts'
import { faultClauses } from './fault-clauses.ts'
import { openFaultTrial, type FaultHarness } from './fault-harness.ts'

const CLAUSE_MS = 60_000

/** Registers every fault clause with vitest. Call it once in a test file of the adapter. */
export function describeStoreFaults(name: string, harness: FaultHarness): void {
  describe(`${name}: faults`, () => {
    for (const clause of faultClauses) {
      it(`${clause.id} ${clause.promise}`, { timeout: 2 * CLAUSE_MS }, async () => {
        const { error } = await runClause(clause, () => openFaultTrial(harness), { deadlineMs: CLAUSE_MS })
        if (error !== null) throw error
      })
    }
  })
}
