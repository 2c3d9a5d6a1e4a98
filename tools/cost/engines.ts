import type { DomainHarness } from '@sallyport/conformance'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import { systemRandom, type Clock, type Stores } from '@sallyport/core'
import { dynamodbStores, type DynamoTransport } from '@sallyport/store-dynamodb'
import { datastoreStores, type DatastoreClient } from '@sallyport/store-datastore'
import { redisStores, type RedisClient } from '@sallyport/store-redis'
import { sqliteStores } from '@sallyport/store-sqlite'
import type { Meter } from './meter.ts'

/** The domain over stores of which every request passes the meter. */
export function metered(open: (clock: Clock) => Stores): DomainHarness {
  return {
    stores: {
      open: async ({ clock }) => {
        const stores = open(clock)
        return { stores, close: () => stores.close() }
      },
    },
    tokens: {
      signer: tokenSigner(),
      wrapper: aesKeyWrapper({ secret: 'the key encryption secret of the cost table', random: systemRandom }),
      verifier: (options) => tokenVerifier(options),
    },
  }
}

interface ItemCounts {
  readonly TransactItems?: readonly object[]
  readonly RequestItems?: Readonly<Record<string, readonly unknown[]>>
}

/**
 * Capacity units by DynamoDB's own rules for items of up to 1 KiB, which all of ours but the largest profiles are: 1 for a consistent read of up to 4 KiB, 1 for a write,
 * 2 for each item of a transaction, a condition check included.
 */
function capacity(operation: string, input: ItemCounts): Readonly<Record<string, number>> {
  if (operation === 'GetItem' || operation === 'Query') return { 'read units': 1 }
  if (operation === 'TransactWriteItems') return { 'write units': 2 * (input.TransactItems?.length ?? 0) }
  if (operation === 'BatchWriteItem') return { 'write units': Object.values(input.RequestItems ?? {}).flat().length }
  return { 'write units': 1 }
}

export function meteredDynamodb(transport: DynamoTransport, tableName: string, meter: Meter): DomainHarness {
  let prefixes = 0
  const counted: DynamoTransport = {
    call: (operation, input, options) =>
      meter.request(
        () => transport.call(operation, input, options),
        () => capacity(operation, input as ItemCounts),
      ),
    close: () => {},
  }
  return metered((clock) => dynamodbStores({ transport: counted, table: { tableName, keyPrefix: `cost-${++prefixes}/` }, clock }))
}

export function meteredDatastore(client: DatastoreClient, projectId: string, meter: Meter): DomainHarness {
  let namespaces = 0
  const counted: DatastoreClient = {
    // A look-up that finds nothing is billed too.
    lookup: (request, options) =>
      meter.request(
        () => client.lookup(request, options),
        () => ({ reads: request.keys.length }),
      ),
    runQuery: (request, options) =>
      meter.request(
        () => client.runQuery(request, options),
        ([answer]) => ({ reads: answer.batch?.entityResults?.length ?? 0 }),
      ),
    commit: (request, options) =>
      meter.request(
        () => client.commit(request, options),
        () => ({
          writes: request.mutations.filter((mutation) => !('delete' in mutation)).length,
          deletes: request.mutations.filter((mutation) => 'delete' in mutation).length,
        }),
      ),
    close: async () => {},
  }
  return metered((clock) => datastoreStores({ client: counted, projectId, namespace: `cost-${++namespaces}`, clock }))
}

export function meteredRedis(client: RedisClient, meter: Meter): DomainHarness {
  let prefixes = 0
  const counted: RedisClient = {
    call: (command, args) =>
      meter.request(
        () => client.call(command, args),
        () => ({ commands: 1 }),
      ),
    quit: async () => 'OK',
    disconnect: () => {},
  }
  return metered((clock) => redisStores({ client: counted, prefix: `cost-${++prefixes}`, clock }))
}

/** SQLite is in the process: a call of a port is what stands for a round trip. */
export function meteredSqlite(meter: Meter): DomainHarness {
  return metered((clock) => {
    const stores = sqliteStores({ path: ':memory:', clock })
    const counted = <Port extends object>(port: Port): Port =>
      Object.fromEntries(
        Object.entries(port).map(([name, method]: [string, (...parameters: unknown[]) => Promise<unknown>]) => [
          name,
          (...parameters: unknown[]) =>
            meter.request(
              () => method(...parameters),
              () => ({ calls: 1 }),
            ),
        ]),
      ) as Port
    const { users, sessions, oneTimeTokens, counters, keys } = stores
    return {
      users: counted(users),
      sessions: counted(sessions),
      oneTimeTokens: counted(oneTimeTokens),
      counters: counted(counters),
      keys: counted(keys),
      close: () => stores.close(),
    }
  })
}
