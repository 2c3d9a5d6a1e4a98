import { ConfigurationError, systemRandom, type Clock, type Random, type SessionStore, type Stores } from '@sallyport/core'
import { dynamodbCounterStore } from './counter-store.ts'
import type { DynamoTransport } from './dynamo-transport.ts'
import { findSession } from './find-session.ts'
import { dynamodbKeyStore } from './key-store.ts'
import { dynamodbOneTimeTokenStore } from './one-time-token-store.ts'
import { patience, type Patience } from './patience.ts'
import { dynamodbSessionStore } from './session-store.ts'
import { table, type Table, type TableOptions } from './table.ts'
import { dynamodbUserStore } from './user-store.ts'

export interface DynamodbStoresOptions {
  /** `sdkTransport(client)` or `leanTransport(…)`. Closed with the stores. */
  readonly transport: DynamoTransport
  readonly table: TableOptions
  readonly clock: Clock
  /** For pauses between tries, and for the names of attempts; the system's when left out. */
  readonly random?: Random
  /** How long an operation may go on without an answer that brings it forward, 100 to 30,000 ms; 4,500 when left out. Then `StoreUnavailableError`. */
  readonly deadlineMs?: number
  /** How long one request to DynamoDB may take before it is made again; 1,500 when left out. */
  readonly requestTimeoutMs?: number
}

/**
 * Every store port on one DynamoDB table. Nothing is sent before the first call. The table must be there: see `createTable` and `verifyTable`.
 *
 * @throws ConfigurationError (`configuration`) when names coincide or a time is out of range.
 */
export function dynamodbStores(options: DynamodbStoresOptions): Stores {
  const { transport, clock, random = systemRandom } = options
  const { layout, patient } = partsOf(options)
  return {
    users: dynamodbUserStore({ patience: patient, table: layout }),
    sessions: dynamodbSessionStore({ patience: patient, table: layout, clock, random }),
    oneTimeTokens: dynamodbOneTimeTokenStore({ patience: patient, table: layout, clock }),
    counters: dynamodbCounterStore({ patience: patient, table: layout, clock }),
    keys: dynamodbKeyStore({ patience: patient, table: layout }),
    close: async () => transport.close(),
  }
}

/** How sessions are found in these stores, for who only checks credentials: nothing that writes comes with it into a bundle. Throws as `dynamodbStores` does. */
export function dynamodbSessions(options: DynamodbStoresOptions): Pick<SessionStore, 'find'> {
  const { layout, patient } = partsOf(options)
  return { find: findSession({ patience: patient, table: layout, clock: options.clock }) }
}

function partsOf({ transport, table: names, random = systemRandom, deadlineMs = 4500, requestTimeoutMs = 1500 }: DynamodbStoresOptions): {
  readonly layout: Table
  readonly patient: Patience
} {
  if (!(deadlineMs >= 100 && deadlineMs <= 30_000) || !(requestTimeoutMs >= 10 && requestTimeoutMs <= deadlineMs)) {
    throw new ConfigurationError(
      'The deadline of the DynamoDB store is 100 to 30,000 ms, and the time for one request at least 10 ms and not longer.',
    )
  }
  return { layout: table(names), patient: patience({ transport, random, deadlineMs, requestTimeoutMs }) }
}
