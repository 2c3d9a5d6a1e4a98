import type { StrategyName } from '@sallyport/core'
import { describe, it } from 'vitest'
import { runClause } from '../run-clauses.ts'
import { domainClauses } from './domain-clauses.ts'
import { openDomainTrial, type DomainHarness } from './domain-trial.ts'

const STRATEGIES: readonly StrategyName[] = ['session', 'jwt']

/** Registers every domain clause, for both strategies, over the harness's stores. */
export function describeDomain(name: string, harness: DomainHarness): void {
  const deadlineMs = harness.stores.deadlineMs ?? 10_000
  for (const strategy of STRATEGIES) {
    describe(`${name}: domain, ${strategy} strategy`, () => {
      for (const clause of domainClauses) {
        it(`${clause.id} ${clause.promise}`, { timeout: 3 * deadlineMs }, async () => {
          const { error } = await runClause(clause, () => openDomainTrial(harness, strategy), { deadlineMs })
          if (error !== null) throw error
        })
      }
    })
  }
}
