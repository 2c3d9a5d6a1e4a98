import type { CounterStore } from './counter-store.ts'
import type { KeyStore } from './key-store.ts'
import type { OneTimeTokenStore } from './one-time-token-store.ts'
import type { SessionStore } from './session-store.ts'
import type { UserStore } from './user-store.ts'

/** What one adapter offers. Each port stands alone: a configuration may take users from one adapter and sessions from another. */
export interface Stores {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly oneTimeTokens: OneTimeTokenStore
  readonly counters: CounterStore
  readonly keys: KeyStore
  /** Frees connections and files. Twice: the same. No other method may be called afterwards. */
  close(): Promise<void>
}
