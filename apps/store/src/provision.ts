import { ConfigurationError } from '@sallyport/core'
import { EXPIRING_KINDS, verifyDatastore } from '@sallyport/store-datastore'
import { createTable, tableDefinition, verifyTable, type TableProblem } from '@sallyport/store-dynamodb'
import { checkRedis } from '@sallyport/store-redis'
import { datastoreClient, dynamoTransport, openStores, redisClient } from './composition.ts'
import type { ProvisionCommand } from './config.ts'
import { describeTable } from './describe-table.ts'
import type { DatastoreLocation } from './store-location.ts'

export interface Finding {
  /** `refuse`: not to be used so. */
  readonly severity: 'refuse' | 'warn'
  readonly message: string
}

const TABLE_PROBLEMS: Readonly<Record<TableProblem, string>> = {
  'missing-table': 'There is no table of that name: create makes it.',
  'other-keys': 'The table has other keys: it is in use for something else, or its parts have other names.',
  'missing-index': 'The index that lists users is missing: create makes it.',
  'other-index': 'The index of that name has other keys: name another one with --listing-index.',
  'missing-ttl': 'Native expiry is off, and what has expired stays and costs: create switches it on.',
  'other-ttl': 'Native expiry is on for another attribute: name it with --ttl-attribute.',
  'missing-point-in-time-recovery': 'Point-in-time recovery is off: create switches it on, or say --no-point-in-time-recovery.',
  becoming: 'The table, its index or its expiry is still being changed: look again in a moment.',
}

/** Makes what is missing; twice: the same. Throws `ConfigurationError`, `StoreUnavailableError`. */
export async function createStore({ location, table, environment }: ProvisionCommand): Promise<void> {
  if (location.store === 'dynamodb') {
    const transport = dynamoTransport(location)
    try {
      await createTable({ transport, table: { ...location.table, ...table } })
    } finally {
      transport.close()
    }
  } else if (location.store === 'sqlite') {
    await (await openStores(location, { create: true, environment })).close()
  } else {
    throw new ConfigurationError('There is nothing to create there: describe prints what to set, verify checks it.')
  }
}

/** What is missing or unsound; empty when all is well. Throws `ConfigurationError` when the store does not let itself be asked, and `StoreUnavailableError` when it does not answer. */
export async function verifyStore({ location, table, environment }: ProvisionCommand): Promise<readonly Finding[]> {
  switch (location.store) {
    case 'dynamodb': {
      const transport = dynamoTransport(location)
      try {
        const problems = await verifyTable({ transport, table: { ...location.table, ...table }, timeoutMs: 10_000 })
        return problems.map((problem) => ({ severity: 'refuse', message: TABLE_PROBLEMS[problem] }))
      } finally {
        transport.close()
      }
    }
    case 'datastore': {
      const { projectId, databaseId, namespace } = location
      const client = await datastoreClient(location, environment)
      try {
        await verifyDatastore({ client, projectId, databaseId, namespace })
        return []
      } finally {
        await client.close()
      }
    }
    case 'redis': {
      const client = redisClient(location)
      try {
        return await checkRedis({ client })
      } finally {
        client.disconnect()
      }
    }
    case 'sqlite': {
      const stores = await openStores(location, { create: false, environment })
      try {
        // Opening has compared the schema; this reads a page of it.
        await stores.users.list({ limit: 1, cursor: null })
        return []
      } finally {
        await stores.close()
      }
    }
  }
}

/** The set-up as text for other tools. Asks nobody. Throws `ConfigurationError` where there is nothing to set up. */
export function describeStore({ location, as, table }: Pick<ProvisionCommand, 'location' | 'as' | 'table'>): string {
  switch (location.store) {
    case 'dynamodb':
      return describeTable(tableDefinition({ ...location.table, ...table }), as)
    case 'datastore':
      return describeDatastore(location)
    case 'redis':
      return REDIS
    case 'sqlite':
      throw new ConfigurationError('There is nothing to set up for SQLite: the file is made when it is opened.')
  }
}

function describeDatastore({ projectId, databaseId }: DatastoreLocation): string {
  const place = [`--project=${projectId}`, ...(databaseId === '' ? [] : [`--database=${databaseId}`])].join(' ')
  const policies = EXPIRING_KINDS.map((kind) => `# gcloud firestore fields ttls update expireAt --collection-group=${kind} --enable-ttl ${place}`)
  return `# index.yaml: no query needs a composite index.
indexes: []

# Clean-up of what has expired; no answer depends on it:
${policies.join('\n')}
`
}

const REDIS = `# redis.conf
# Full memory refuses writes; eviction would bring ended sessions back.
maxmemory-policy noeviction
# Durable before the answer.
appendonly yes
appendfsync always
# With replicas: a primary that has lost them stops taking writes.
# min-replicas-to-write 1
# min-replicas-max-lag 10
`
