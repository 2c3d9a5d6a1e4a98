import { describe, it } from 'vitest'
import type { Clause } from '../clause.ts'
import { runClause } from '../run-clauses.ts'
import { counterStoreClauses, keyStoreClauses, oneTimeTokenStoreClauses, sessionStoreClauses, userStoreClauses } from './store-clauses.ts'
import { openStoreTrial, type StoreHarness, type StorePort, type StoreTrial } from './store-harness.ts'

/** Registers every clause of all five store ports with vitest. Call it once in a test file of the adapter. */
export function describeStores(name: string, harness: StoreHarness): void {
  describeUserStore(name, harness)
  describeSessionStore(name, harness)
  describeOneTimeTokenStore(name, harness)
  describeCounterStore(name, harness)
  describeKeyStore(name, harness)
}

/** For an adapter that offers this port alone, as are the four below. */
export function describeUserStore(name: string, harness: StoreHarness<'users'>): void {
  register(`${name}: UserStore`, userStoreClauses, harness)
}

export function describeSessionStore(name: string, harness: StoreHarness<'sessions'>): void {
  register(`${name}: SessionStore`, sessionStoreClauses, harness)
}

export function describeOneTimeTokenStore(name: string, harness: StoreHarness<'oneTimeTokens'>): void {
  register(`${name}: OneTimeTokenStore`, oneTimeTokenStoreClauses, harness)
}

export function describeCounterStore(name: string, harness: StoreHarness<'counters'>): void {
  register(`${name}: CounterStore`, counterStoreClauses, harness)
}

export function describeKeyStore(name: string, harness: StoreHarness<'keys'>): void {
  register(`${name}: KeyStore`, keyStoreClauses, harness)
}

function register<Port extends StorePort>(name: string, clauses: readonly Clause<StoreTrial<Port>>[], harness: StoreHarness<Port>): void {
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
