import type { Clock, Stores } from '@sallyport/core'
import type { OpenTrial } from '../run-clauses.ts'
import { TestClock } from '../test-clock.ts'

/** The members of `Stores`. Each port stands alone, so a harness may offer some of them only. */
export type StorePort = keyof Stores

/** What `open` of a harness gives: an empty store of its own, which nobody else writes to (a file, a table, a key prefix). */
export interface OpenStores<Port extends StorePort = StorePort> {
  readonly stores: Pick<Stores, Port>
  /** Another handle on the same data, as another process would have it: a connection of its own. Clauses about what happens at once use both. Closed by `close`. */
  second?(): Promise<Pick<Stores, Port>>
  /** Every stored row as text, read past the adapter: the oracle for what stays behind. */
  peek?(): Promise<readonly string[]>
  /** Runs the clean-up of expired rows to its end. Left out where the database does that alone. */
  sweep?(): Promise<void>
  /** Frees everything that was opened, the second handle too. */
  close(): Promise<void>
}

/** How the kit gets at a store. */
export interface StoreHarness<Port extends StorePort = StorePort> {
  open(options: { readonly clock: Clock }): Promise<OpenStores<Port>>
  /** How many callers meet in a clause about what happens at once; 16 when left out. */
  readonly parallel?: number
  /** How long one clause may take; 10,000 when left out. A clause that hangs fails. */
  readonly deadlineMs?: number
}

/** What a store clause works on. */
export interface StoreTrial<Port extends StorePort = StorePort> {
  readonly stores: Pick<Stores, Port>
  /** The second handle, or the first again where the harness offers no other. */
  readonly second: Pick<Stores, Port>
  readonly clock: TestClock
  readonly parallel: number
  /** The stored rows that contain `text`; `null` where the harness cannot look. */
  rowsWith(text: string): Promise<readonly string[] | null>
  /** `false` where the harness has no sweep: then nothing was removed. */
  sweep(): Promise<boolean>
}

/** Opens a store for one clause, with a clock of its own. */
export async function openStoreTrial<Port extends StorePort>(harness: StoreHarness<Port>): Promise<OpenTrial<StoreTrial<Port>>> {
  const clock = new TestClock()
  const opened = await harness.open({ clock })
  const second = opened.second === undefined ? opened.stores : await opened.second()
  const trial: StoreTrial<Port> = {
    stores: opened.stores,
    second,
    clock,
    parallel: harness.parallel ?? 16,
    rowsWith: async (text) => (opened.peek === undefined ? null : (await opened.peek()).filter((row) => row.includes(text))),
    sweep: async () => {
      await opened.sweep?.()
      return opened.sweep !== undefined
    },
  }
  return { trial, close: () => opened.close() }
}

/** Starts `count` calls before awaiting any of them, every other one through the second handle; the results stand in the order of the calls. */
export function atOnce<Port extends StorePort, Result>(
  trial: StoreTrial<Port>,
  count: number,
  call: (stores: Pick<Stores, Port>, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index % 2 === 0 ? trial.stores : trial.second, index)))
}
