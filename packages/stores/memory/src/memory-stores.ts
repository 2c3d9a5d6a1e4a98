import type { Clock, Stores } from '@sallyport/core'
import { memoryCounterStore } from './counter-store.ts'
import { memoryKeyStore } from './key-store.ts'
import { memoryKeyspace, type MemoryKeyspace, type MemoryLimits } from './keyspace.ts'
import { memoryOneTimeTokenStore } from './one-time-token-store.ts'
import { memorySessionStore } from './session-store.ts'
import { memoryUserStore } from './user-store.ts'

export interface MemoryStoresOptions {
  readonly clock: Clock
  /** Bounds of a keyspace of its own; of no effect on a `keyspace` that is given. */
  readonly limits?: MemoryLimits
  /** A keyspace to share with other handles; a fresh one when left out. */
  readonly keyspace?: MemoryKeyspace
}

/**
 * Every store port in this process's memory: for tests, benches and trying things out. Nothing is shared with other processes and nothing survives this one, so
 * it is no store for production. Throws `StoreUnavailableError` (`store-unavailable`) when a limit is reached, and never otherwise.
 */
export function memoryStores({ clock, limits = {}, keyspace = memoryKeyspace({ clock, limits }) }: MemoryStoresOptions): Stores {
  return {
    users: memoryUserStore({ keyspace }),
    sessions: memorySessionStore({ keyspace, clock }),
    oneTimeTokens: memoryOneTimeTokenStore({ keyspace, clock }),
    counters: memoryCounterStore({ keyspace, clock }),
    keys: memoryKeyStore({ keyspace }),
    close: async () => {},
  }
}
