import type { StrategyName } from '@sallyport/core'
import { describe, it } from 'vitest'
import type { Clause } from '../clause.ts'
import { runClause } from '../run-clauses.ts'
import { guardClauses } from './guard-clauses.ts'
import { openGuardTrial, type GuardHarness, type GuardTrial } from './guard-harness.ts'
import { hostedGuardClauses } from './hosted-clauses.ts'

const STRATEGIES: readonly StrategyName[] = ['session', 'jwt']
const DEADLINE_MS = 20_000

/** Registers every request of the guard's table, for both strategies, through a rendering. */
export function describeGuard(name: string, harness: GuardHarness): void {
  describeClauses(`${name}: guard`, harness, guardClauses)
}

/** Registers what holds of the tokens of a hosted issuer beside our own, for both strategies, through a rendering. */
export function describeHostedGuard(name: string, harness: GuardHarness & Required<Pick<GuardHarness, 'hosted'>>): void {
  describeClauses(`${name}: hosted issuer`, harness, hostedGuardClauses)
}

function describeClauses(name: string, harness: GuardHarness, clauses: readonly Clause<GuardTrial>[]): void {
  for (const strategy of STRATEGIES) {
    describe(`${name}, ${strategy} strategy`, () => {
      for (const clause of clauses) {
        it(`${clause.id} ${clause.promise}`, { timeout: 3 * DEADLINE_MS }, async () => {
          const { error } = await runClause(clause, () => openGuardTrial(harness, strategy), { deadlineMs: DEADLINE_MS })
          if (error !== null) throw error
        })
      }
    })
  }
}
