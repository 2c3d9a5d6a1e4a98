import { describe, it } from 'vitest'
import type { Clause } from '../clause.ts'
import { runClause } from '../run-clauses.ts'
import { counterStoreClauses, keyStoreClauses, oneTimeTokenStoreClauses, sessionStoreClauses, userStoreClauses } from './store-clauses.ts'
import { openStoreTrial, type StoreHarness, type StoreTrial } from './store-harness.ts'

/** Registers every clause of all five store ports with vitest. Call it once in a test file of the adapter. */
export function describeStores(name: string, harness: StoreHarness): void {
  describeUserStore(name, harness)
  describeSessionStore(name, harness)
  describeOneTimeTokenStore(name, harness)
  describeCounterStore(name, harness)
  describeKeyStore(name, harness)
}

/** For an adapter that offers this port alone, as are the four below. */
export function describeUserStore(name: string, harness: StoreHarness): void {
  register(`${name}: UserStore`, userStoreClauses, harness)
}

export function describeSessionStore(name: string, harness: StoreHarness): void {
  register(`${name}: SessionStore`, sessionStoreClauses, harness)
}

export function describeOneTimeTokenStore(name: string, harness: StoreHarness): void {
  register(`${name}: OneTimeTokenStore`, oneTimeTokenStoreClauses, harness)
}

export function describeCounterStore(name: string, harness: StoreHarness): void {
  register(`${name}: CounterStore`, counterStoreClauses, harness)
}

export function describeKeyStore(name: string, harness: StoreHarness): void {
  register(`${name}: KeyStore`, keyStoreClauses, harness)
}

function register(name: string, clauses: readonly Clause<StoreTrial>[], harness: StoreHarness): void {
  const deadlineMs = harness.deadlineMs ?? 10_000
  describe(name, () => {
    for (const clause of clauses) {
      // The runner's own limit lies beyond the clause's and the closing's, so that the message that is shown is the clause's.
      it(`${clause.id} ${clause.promise}`, { timeout: 3 * deadlineMs }, async () => {
        const { error } = await runClause(clause, () => openStoreTrial(harness), { deadlineMs })
        if (error !== null) throw error
      })
    }
  })
}
