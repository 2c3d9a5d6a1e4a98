import type { Stores } from '@sallyport/core'

/** `users.create`, `sessions.find` … */
export type StoreCall = string

/** What a clause makes of the calls that pass to the stores. */
export interface StoreScript {
  /** Every call since the last `forget`, in order. */
  readonly calls: readonly StoreCall[]
  forget(): void
  /** Runs once, before the next such call reaches the store: another request that comes in between. */
  before(call: StoreCall, meanwhile: () => Promise<void>): void
  /** The next such call fails before it reaches the store. */
  fail(call: StoreCall, error: Error): void
  /** From now on every call fails, until `null`. */
  failAll(error: Error | null): void
}

interface Plan {
  readonly call: StoreCall
  readonly run: () => Promise<void>
}

type Method = (...parameters: unknown[]) => Promise<unknown>

/** One script, and how to put it between any handle on the stores and whoever calls it. */
export function storeScript(): { readonly script: StoreScript; readonly direct: (stores: Stores) => Stores } {
  const calls: StoreCall[] = []
  const plans: Plan[] = []
  let broken: Error | null = null

  const pass = async (call: StoreCall, method: Method, parameters: unknown[]): Promise<unknown> => {
    calls.push(call)
    if (broken !== null) throw broken
    const at = plans.findIndex((plan) => plan.call === call)
    if (at >= 0) await plans.splice(at, 1)[0]?.run()
    return method(...parameters)
  }
  const wrap = <Port extends object>(name: string, port: Port): Port =>
    Object.fromEntries(
      Object.entries(port).map(([method, run]) => [method, (...parameters: unknown[]) => pass(`${name}.${method}`, run as Method, parameters)]),
    ) as Port

  return {
    direct: (stores) => ({
      users: wrap('users', stores.users),
      sessions: wrap('sessions', stores.sessions),
      oneTimeTokens: wrap('oneTimeTokens', stores.oneTimeTokens),
      counters: wrap('counters', stores.counters),
      keys: wrap('keys', stores.keys),
      close: () => stores.close(),
    }),
    script: {
      calls,
      forget: () => void calls.splice(0),
      before: (call, run) => void plans.push({ call, run }),
      fail: (call, error) => void plans.push({ call, run: () => Promise.reject(error) }),
      failAll: (error) => {
        broken = error
      },
    },
  }
}
