import { StoreUnavailableError, type Stores } from '@sallyport/core'
import type { FaultKind } from './fault-plan.ts'

export interface FaultyOptions {
  /** What befalls the call that comes now. */
  due(): FaultKind | null
  /** Replaces how a fault befalls a call, where the database can do it better than this wrapper. */
  readonly instead?: Partial<Record<FaultKind, (call: () => Promise<unknown>) => Promise<unknown>>>
}

const SLOW_MS = 20

type Method = (...values: readonly unknown[]) => Promise<unknown>

/** Stores whose calls fail as planned, each call as a whole: before it, after it, late or never. For adapters that have no wire of their own. */
export function faultyStores(stores: Stores, { due, instead = {} }: FaultyOptions): Stores {
  const befall: Record<FaultKind, (call: () => Promise<unknown>) => Promise<unknown>> = {
    refused: () => Promise.reject(new StoreUnavailableError('refused, as planned')),
    throttled: () => Promise.reject(new StoreUnavailableError('throttled, as planned')),
    async 'lost-answer'(call) {
      await call()
      throw new StoreUnavailableError('the answer was lost, as planned')
    },
    hang: () => new Promise(() => {}),
    async slow(call) {
      await new Promise((resolve) => {
        setTimeout(resolve, SLOW_MS)
      })
      return call()
    },
    ...instead,
  }
  const wrap = <Port extends object>(port: Port): Port =>
    Object.fromEntries(
      Object.entries(port).map(([name, method]) => [
        name,
        (...values: readonly unknown[]): Promise<unknown> => {
          const kind = due()
          const call = (): Promise<unknown> => (method as Method)(...values)
          return kind === null ? call() : befall[kind](call)
        },
      ]),
    ) as Port
  return {
    users: wrap(stores.users),
    sessions: wrap(stores.sessions),
    oneTimeTokens: wrap(stores.oneTimeTokens),
    counters: wrap(stores.counters),
    keys: wrap(stores.keys),
    close: () => stores.close(),
  }
}
