import type { StrategyName } from '@sallyport/core'
import { afterAll, describe, it } from 'vitest'
import type { Clause } from '../clause.ts'
import { runClause, type OpenTrial } from '../run-clauses.ts'
import { guardClauses } from './guard-clauses.ts'
import { guardCases } from './guard-requests.ts'
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

/**
 * Single requests change nothing and may come in any order, also to a gateway that remembers the ones before: all of them are sent through one rendering. But for a gateway whose memory is all there
 * is: kept for a cookie, its yes is given to the same cookie beside a header that would have been refused, and lets in nobody who could not do without that header.
 */
const ROWS: ReadonlySet<string> = new Set(guardCases.map(({ id }) => id))

function describeClauses(name: string, harness: GuardHarness, clauses: readonly Clause<GuardTrial>[]): void {
  for (const strategy of STRATEGIES) {
    describe(`${name}, ${strategy} strategy`, () => {
      let opening: Promise<OpenTrial<GuardTrial>> | null = null
      const shared = async (): Promise<OpenTrial<GuardTrial>> => {
        opening ??= openGuardTrial(harness, strategy)
        return { trial: (await opening).trial, close: async () => {} }
      }
      afterAll(async () => (await opening)?.close())

      for (const clause of clauses) {
        const open = ROWS.has(clause.id) && harness.believed !== true ? shared : () => openGuardTrial(harness, strategy)
        it(`${clause.id} ${clause.promise}`, { timeout: 3 * DEADLINE_MS }, async () => {
          const { error } = await runClause(clause, open, { deadlineMs: DEADLINE_MS })
          if (error !== null) throw error
        })
      }
    })
  }
}
