import { ConfigurationError, type Clock, type Stores } from '@sallyport/core'
import { sqliteCounterStore } from './counter-store.ts'
import { openDatabase } from './database.ts'
import { sqliteKeyStore } from './key-store.ts'
import { sqliteOneTimeTokenStore } from './one-time-token-store.ts'
import { sqliteSessionStore } from './session-store.ts'
import { sqliteSweep } from './sweep.ts'
import { sqliteUserStore } from './user-store.ts'

export interface SqliteStoresOptions {
  /** The database file, created with mode 0600 when missing, or `:memory:`. Its directory must exist, on a disk of this machine. */
  readonly path: string
  readonly clock: Clock
  /** How long a write may wait for a lock that another process holds, in milliseconds: 0 to 5000, by default 3000. */
  readonly busyTimeoutMs?: number
  /** `full` (default): an acknowledged write survives a power cut. `normal`: several times as many writes a second, which survive the death of the process but not of the machine. */
  readonly synchronous?: 'full' | 'normal'
}

export interface SqliteStores extends Stores {
  /**
   * Deletes what has expired; returns how many rows went. Never needed for correctness, and on a busy system not for space either: writes sweep as they
   * go. Rejects with `StoreUnavailableError`, having deleted a part.
   */
  sweep(): Promise<number>
}

const BUSY_TIMEOUT_MS = { default: 3000, most: 5000 }

/**
 * Every store port on one SQLite file, by node:sqlite. Several processes of one machine may open the same file, at the same time too. Opening is
 * synchronous, as all of node:sqlite: it creates the file and brings its schema to this version, waiting up to 5 s for others that do so.
 *
 * @throws ConfigurationError (`configuration`) when the directory is missing, the path is no database of ours or not accessible, its schema is newer
 * than this program, or an option is out of range.
 * @throws StoreUnavailableError (`store-unavailable`) when another process keeps the file locked.
 */
export function sqliteStores({ path, clock, busyTimeoutMs = BUSY_TIMEOUT_MS.default, synchronous = 'full' }: SqliteStoresOptions): SqliteStores {
  if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 0 || busyTimeoutMs > BUSY_TIMEOUT_MS.most) {
    throw new ConfigurationError(`The busy timeout of the SQLite store is a whole number of milliseconds from 0 to ${BUSY_TIMEOUT_MS.most}.`)
  }
  const database = openDatabase({ path, busyTimeoutMs, synchronous })
  const sweep = sqliteSweep({ database, clock })
  return {
    users: sqliteUserStore({ database }),
    sessions: sqliteSessionStore({ database, clock, sweep }),
    oneTimeTokens: sqliteOneTimeTokenStore({ database, clock, sweep }),
    counters: sqliteCounterStore({ database, clock, sweep }),
    keys: sqliteKeyStore({ database }),
    sweep: () => sweep.run(),
    close: () => database.close(),
  }
}
