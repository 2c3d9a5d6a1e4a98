import { describe, it } from 'vitest'
import { runClause } from '../run-clauses.ts'
import { faultClauses } from './fault-clauses.ts'
import { openFaultTrial, type FaultHarness } from './fault-harness.ts'

const CLAUSE_MS = 60_000

/** Registers every fault clause with vitest. Call it once in a test file of the adapter. Unless the harness has it otherwise the clauses run at once, as far as vitest's `maxConcurrency` lets them: most of each is waiting. */
export function describeStoreFaults(name: string, harness: FaultHarness): void {
  const concurrent = harness.oneClauseAtATime !== true
  describe(`${name}: faults`, () => {
    for (const clause of faultClauses) {
      it(`${clause.id} ${clause.promise}`, { timeout: 2 * CLAUSE_MS, concurrent }, async () => {
        const { error } = await runClause(clause, () => openFaultTrial(harness), { deadlineMs: CLAUSE_MS })
        if (error !== null) throw error
      })
    }
  })
}
