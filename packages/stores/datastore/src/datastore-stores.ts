import { ConfigurationError, type Clock, type Stores } from '@sallyport/core'
import { datastoreCounterStore } from './counter-store.ts'
import { openDatabase } from './database.ts'
import type { DatastoreClient } from './datastore-client.ts'
import { datastoreKeyStore } from './key-store.ts'
import { newcomers } from './newcomers.ts'
import { datastoreOneTimeTokenStore } from './one-time-token-store.ts'
import { datastoreSessionStore } from './session-store.ts'
import { datastoreUserStore } from './user-store.ts'

export interface DatastoreStoresOptions {
  /** Closed by `close()`. `openDatastoreClient` makes one. */
  readonly client: DatastoreClient
  readonly clock: Clock
  readonly projectId: string
  /** By default the database without a name, `(default)` in the console. */
  readonly databaseId?: string
  /** By default the one without a name. Everything the store writes is in it. */
  readonly namespace?: string
  /** How long a call of a port may go on trying, in milliseconds: 100 to 30,000, by default 4,500. Those that work in pages may for each page. */
  readonly deadlineMs?: number
  /** How long one request to Datastore may take, in milliseconds: at most `deadlineMs`, by default 2,000. */
  readonly callTimeoutMs?: number
}

const DEADLINE_MS = { default: 4500, least: 100, most: 30_000 }
const CALL_TIMEOUT_MS = 2000

/**
 * Every store port on Datastore: Firestore in Datastore mode, in any of its concurrency modes. Nothing is set up or asked here; the first call connects.
 *
 * @throws ConfigurationError (`configuration`) when an option is out of range.
 */
export function datastoreStores({
  client,
  clock,
  projectId,
  databaseId = '',
  namespace = '',
  deadlineMs = DEADLINE_MS.default,
  callTimeoutMs = Math.min(CALL_TIMEOUT_MS, deadlineMs),
}: DatastoreStoresOptions): Stores {
  if (projectId === '') throw new ConfigurationError('The Datastore store needs the id of a project.')
  // https://cloud.google.com/datastore/docs/concepts/multitenancy
  if (!/^[\w.-]{0,100}$/.test(namespace))
    throw new ConfigurationError('A Datastore namespace is up to 100 letters, digits, dots, hyphens and underscores.')
  if (!Number.isInteger(deadlineMs) || deadlineMs < DEADLINE_MS.least || deadlineMs > DEADLINE_MS.most) {
    throw new ConfigurationError(
      `The deadline of the Datastore store is a whole number of milliseconds from ${DEADLINE_MS.least} to ${DEADLINE_MS.most}.`,
    )
  }
  if (!Number.isInteger(callTimeoutMs) || callTimeoutMs < 1 || callTimeoutMs > deadlineMs) {
    throw new ConfigurationError('The time for one request to Datastore is a whole number of milliseconds, not above the deadline.')
  }
  const database = openDatabase({ client, projectId, databaseId, namespace, deadlineMs, callTimeoutMs })
  const created = newcomers()
  return {
    users: datastoreUserStore({ database, newcomers: created }),
    sessions: datastoreSessionStore({ database, clock, newcomers: created }),
    oneTimeTokens: datastoreOneTimeTokenStore({ database, clock }),
    counters: datastoreCounterStore({ database, clock }),
    keys: datastoreKeyStore({ database }),
    close: () => database.close(),
  }
}
