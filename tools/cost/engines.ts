import type { DomainHarness } from '@sallyport/conformance'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import { systemRandom, type Clock, type Stores } from '@sallyport/core'
import { dynamodbStores, type DynamoTransport } from '@sallyport/store-dynamodb'
import { datastoreStores, type DatastoreClient } from '@sallyport/store-datastore'
import { redisStores, type RedisClient } from '@sallyport/store-redis'
import { sqliteStores } from '@sallyport/store-sqlite'
import type { Meter } from './meter.ts'

/** The domain over stores of which every request passes the meter: two instances over one database. */
export function metered(open: (clock: Clock) => () => Stores): DomainHarness {
  return {
    stores: {
      open: async ({ clock }) => {
        const instance = open(clock)
        const stores = instance()
        return { stores, second: async () => instance(), close: () => stores.close() }
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
  return metered((clock) => {
    const table = { tableName, keyPrefix: `cost-${++prefixes}/` }
    return () => dynamodbStores({ transport: counted, table, clock })
  })
}

export function meteredDatastore(client: DatastoreClient, projectId: string, meter: Meter): DomainHarness {
  let namespaces = 0
  // All of them always, so that they are in one order whatever is answered first.
  const units = (some: { reads?: number; writes?: number; deletes?: number }): Record<string, number> => ({
    reads: 0,
    writes: 0,
    deletes: 0,
    ...some,
  })
  const counted: DatastoreClient = {
    // A look-up that finds nothing is billed too. Of a commit that failed only the time is counted: it wrote nothing.
    lookup: (request, options) =>
      meter.request(
        () => client.lookup(request, options),
        () => units({ reads: request.keys.length }),
      ),
    runQuery: (request, options) =>
      meter.request(
        () => client.runQuery(request, options),
        ([answer]) => units({ reads: answer.batch?.entityResults?.length ?? 0 }),
      ),
    commit: (request, options) =>
      meter.request(
        () => client.commit(request, options),
        () =>
          units({
            writes: request.mutations.filter((mutation) => !('delete' in mutation)).length,
            deletes: request.mutations.filter((mutation) => 'delete' in mutation).length,
          }),
      ),
    close: async () => {},
  }
  return metered((clock) => {
    const namespace = `cost-${++namespaces}`
    return () => datastoreStores({ client: counted, projectId, namespace, clock })
  })
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
  return metered((clock) => {
    const prefix = `cost-${++prefixes}`
    return () => redisStores({ client: counted, prefix, clock })
  })
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
    // All instances are in this process, too.
    return () => ({
      users: counted(users),
      sessions: counted(sessions),
      oneTimeTokens: counted(oneTimeTokens),
      counters: counted(counters),
      keys: counted(keys),
      close: () => stores.close(),
    })
  })
}
