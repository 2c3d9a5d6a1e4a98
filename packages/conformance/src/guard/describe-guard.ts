import type { StrategyName } from '@sallyport/core'
import { describe, it } from 'vitest'
import { runClause } from '../run-clauses.ts'
import { guardClauses } from './guard-clauses.ts'
import { openGuardTrial, type GuardHarness } from './guard-harness.ts'

const STRATEGIES: readonly StrategyName[] = ['session', 'jwt']
const DEADLINE_MS = 20_000

/** Registers every request of the guard's table, for both strategies, through a rendering. */
export function describeGuard(name: string, harness: GuardHarness): void {
  for (const strategy of STRATEGIES) {
    describe(`${name}: guard, ${strategy} strategy`, () => {
      for (const clause of guardClauses) {
        it(`${clause.id} ${clause.promise}`, { timeout: 3 * DEADLINE_MS }, async () => {
          const { error } = await runClause(clause, () => openGuardTrial(harness, strategy), { deadlineMs: DEADLINE_MS })
          if (error !== null) throw error
        })
      }
    })
  }
}
