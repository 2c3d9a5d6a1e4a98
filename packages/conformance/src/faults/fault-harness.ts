import type { Clock, Stores } from '@sallyport/core'
import type { OpenTrial } from '../run-clauses.ts'
import { TestClock } from '../test-clock.ts'
import type { Faults } from './fault-plan.ts'

/** What `open` of a harness gives: an empty store of its own, and two ways to it. */
export interface FaultyStores {
  /** The adapter under test, behind the faults. */
  readonly stores: Stores
  /** The same data past the faults: prepares it, and is the oracle for what became of it. */
  readonly plain: Stores
  readonly faults: Faults
  /** Frees everything that was opened, `stores` and `plain` too. Hanging requests must not keep it. */
  close(): Promise<void>
}

/** How the fault kit gets at a store. Opened several times in one clause, also at once: the faults of one opened store must not reach another. */
export interface FaultHarness {
  open(options: { readonly clock: Clock }): Promise<FaultyStores>
  /** When a call must have answered or failed, in milliseconds of real time: the deadline that the harness gives the adapter, and what a busy machine needs beyond it. */
  readonly deadlineMs: number
  /** For an engine that computes in this very thread: clauses at once would make one another's timers late, and gain nothing by it. */
  readonly oneClauseAtATime?: boolean
}

/** What a fault clause works on. */
export interface FaultTrial {
  readonly clock: TestClock
  readonly deadlineMs: number
  /** Another empty store. All are closed with the trial. */
  open(): Promise<FaultyStores>
}

export async function openFaultTrial(harness: FaultHarness): Promise<OpenTrial<FaultTrial>> {
  const clock = new TestClock()
  const opened: FaultyStores[] = []
  const trial: FaultTrial = {
    clock,
    deadlineMs: harness.deadlineMs,
    async open() {
      const stores = await harness.open({ clock })
      opened.push(stores)
      return stores
    },
  }
  return {
    trial,
    async close() {
      for (const { faults } of opened) faults.clear()
      await Promise.all(opened.map((stores) => stores.close()))
    },
  }
}
