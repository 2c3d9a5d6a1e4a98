import type { StrategyName } from '@sallyport/core'
import { describe, it } from 'vitest'
import type { Clause } from '../clause.ts'
import { runClause } from '../run-clauses.ts'
import { accountScenarios } from './account-scenarios.ts'
import { openHttpTrial, type HttpHarness, type HttpTrial } from './http-harness.ts'
import { protocolScenarios } from './protocol-scenarios.ts'
import { sessionScenarios } from './session-scenarios.ts'

/** What every platform answers, whatever its events look like. */
export const httpScenarios: readonly Clause<HttpTrial>[] = [...accountScenarios, ...sessionScenarios, ...protocolScenarios]

const STRATEGIES: readonly StrategyName[] = ['session', 'jwt']

/** Registers every HTTP scenario, for both strategies, through the platform's own way in. */
export function describeHttp(name: string, harness: HttpHarness): void {
  const deadlineMs = harness.deadlineMs ?? 20_000
  for (const strategy of STRATEGIES) {
    describe(`${name}: HTTP, ${strategy} strategy`, () => {
      for (const scenario of httpScenarios) {
        it(`${scenario.id} ${scenario.promise}`, { timeout: 3 * deadlineMs }, async () => {
          const { error } = await runClause(scenario, () => openHttpTrial(harness, strategy), { deadlineMs })
          if (error !== null) throw error
        })
      }
    })
  }
}
