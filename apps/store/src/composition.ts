import { existsSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ConfigurationError, systemClock, type Stores } from '@sallyport/core'
import { datastoreStores, openDatastoreClient, type DatastoreClient } from '@sallyport/store-datastore'
import { dynamodbStores, sdkClientOptions, sdkTransport, type DynamoTransport } from '@sallyport/store-dynamodb'
import { clusterOptions, redisOptions, redisStores } from '@sallyport/store-redis'
import { sqliteStores } from '@sallyport/store-sqlite'
import { Cluster, Redis } from 'ioredis'
import type { DatastoreLocation, DynamodbLocation, RedisLocation, StoreLocation } from './store-location.ts'

/** An operator waits longer than a visitor does, and a copy of everything is load enough to be throttled. */
const DEADLINE_MS = { dynamodb: 30_000, datastore: 30_000, redis: 5000 }

export type ProcessEnvironment = { readonly [name: string]: string | undefined }

export interface OpenOptions {
  /** A SQLite file that is missing is made: for a store that is written to. A store that is read must be there. */
  readonly create: boolean
  readonly environment: ProcessEnvironment
}

/** The stores of that place. Throws `ConfigurationError` (`configuration`). */
export async function openStores(location: StoreLocation, { create, environment }: OpenOptions): Promise<Stores> {
  const clock = systemClock
  switch (location.store) {
    case 'sqlite':
      if (!create && !existsSync(location.path)) throw new ConfigurationError('There is no SQLite file of that name.')
      return sqliteStores({ path: location.path, clock })
    case 'dynamodb':
      return dynamodbStores({ transport: dynamoTransport(location), table: location.table, clock, deadlineMs: DEADLINE_MS.dynamodb })
    case 'datastore': {
      const { projectId, databaseId, namespace } = location
      const client = await datastoreClient(location, environment)
      return datastoreStores({ client, projectId, databaseId, namespace, clock, deadlineMs: DEADLINE_MS.datastore })
    }
    case 'redis':
      return redisStores({ client: redisClient(location), prefix: location.prefix, clock, deadlineMs: DEADLINE_MS.redis })
  }
}

export function dynamoTransport({ region, endpoint }: DynamodbLocation): DynamoTransport {
  return sdkTransport(
    new DynamoDBClient({ ...sdkClientOptions(), ...(region === null ? {} : { region }), ...(endpoint === null ? {} : { endpoint }) }),
  )
}

export function datastoreClient({ projectId }: DatastoreLocation, environment: ProcessEnvironment): Promise<DatastoreClient> {
  return openDatastoreClient({ projectId, environment })
}

/** Connects at the first command. */
export function redisClient({ url, username, password, isCluster }: RedisLocation): Redis | Cluster {
  const credentials = { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) }
  const options = clusterOptions()
  const client = isCluster
    ? new Cluster([url], { ...options, redisOptions: { ...options.redisOptions, ...credentials, ...(url.startsWith('rediss:') ? { tls: {} } : {}) } })
    : new Redis(url, { ...redisOptions(), ...credentials })
  // Whoever called hears of it.
  client.on('error', () => {})
  return client
}
