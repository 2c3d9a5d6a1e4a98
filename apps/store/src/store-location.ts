import { ConfigurationError } from '@sallyport/core'
import type { TableOptions } from '@sallyport/store-dynamodb'

/** Where a store is, as a store URL says it. */
export type StoreLocation = SqliteLocation | DynamodbLocation | DatastoreLocation | RedisLocation

export interface SqliteLocation {
  readonly store: 'sqlite'
  readonly path: string
}

export interface DynamodbLocation {
  readonly store: 'dynamodb'
  readonly table: TableOptions
  /** `null`: as the AWS SDK finds it. */
  readonly region: string | null
  readonly endpoint: string | null
}

export interface DatastoreLocation {
  readonly store: 'datastore'
  readonly projectId: string
  readonly databaseId: string
  readonly namespace: string
}

export interface RedisLocation {
  readonly store: 'redis'
  /** Without credentials, prefix and kind: `redis:` or `rediss:`, host, port, database. */
  readonly url: string
  readonly username: string | null
  readonly password: string | null
  readonly prefix: string
  readonly isCluster: boolean
}

/** Names of a DynamoDB table's parts, in a URL and as flags. */
export const TABLE_NAMES = ['partitionKey', 'sortKey', 'ttlAttribute', 'listingAttribute', 'listingIndex', 'keyPrefix'] as const

/** The table with the parts that are named; the others have their usual names. */
export function tableOptions(tableName: string, named: (part: (typeof TABLE_NAMES)[number]) => string | null): TableOptions {
  const parts: Partial<Record<(typeof TABLE_NAMES)[number], string>> = {}
  for (const part of TABLE_NAMES) {
    const name = named(part)
    if (name !== null) parts[part] = name
  }
  return { tableName, ...parts }
}

const FORMS = 'sqlite:PATH, dynamodb:TABLE?region=…, datastore:PROJECT?namespace=… or redis://HOST:PORT'

/** Reads `sqlite:./path`, `dynamodb:table?region=…&endpoint=…`, `datastore:project?namespace=…` or `redis://…`. Throws `ConfigurationError` (`configuration`), which repeats nothing of the URL. */
export function storeLocation(url: string, environment: { readonly [name: string]: string | undefined } = {}): StoreLocation {
  const [, scheme, rest = ''] = /^([a-z]+):(.+)$/s.exec(url) ?? []
  if (scheme === 'redis' || scheme === 'rediss') return redisLocation(url, environment)
  if (scheme === 'sqlite') return { store: 'sqlite', path: rest }
  const mark = rest.indexOf('?')
  const name = mark === -1 ? rest : rest.slice(0, mark)
  const parameters = new URLSearchParams(mark === -1 ? '' : rest.slice(mark + 1))
  if (name === '' || name.startsWith('/')) throw new ConfigurationError(`A store is written as ${FORMS}.`)
  if (scheme === 'dynamodb') {
    const take = taker(parameters, ['region', 'endpoint', ...TABLE_NAMES])
    return { store: 'dynamodb', table: tableOptions(name, take), region: take('region'), endpoint: take('endpoint') }
  }
  if (scheme === 'datastore') {
    const take = taker(parameters, ['namespace', 'database'])
    return { store: 'datastore', projectId: name, databaseId: take('database') ?? '', namespace: take('namespace') ?? '' }
  }
  throw new ConfigurationError(`A store is written as ${FORMS}.`)
}

/** The same store always reads the same. Holds no credentials. */
export function describeLocation(location: StoreLocation): string {
  switch (location.store) {
    case 'sqlite':
      return `sqlite:${location.path}`
    case 'dynamodb':
      return `dynamodb:${JSON.stringify([location.table, location.region, location.endpoint])}`
    case 'datastore':
      return `datastore:${JSON.stringify([location.projectId, location.databaseId, location.namespace])}`
    case 'redis':
      return `${location.url}#${location.prefix}`
  }
}

function redisLocation(text: string, environment: { readonly [name: string]: string | undefined }): RedisLocation {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.hostname === '' || !/^(\/\d*)?$/.test(url.pathname))
    throw new ConfigurationError('A Redis is written as redis://HOST:PORT/DATABASE.')
  const take = taker(url.searchParams, ['prefix', 'cluster'])
  const username = url.username === '' ? (environment['REDIS_USERNAME'] ?? null) : decodeURIComponent(url.username)
  const password = url.password === '' ? (environment['REDIS_PASSWORD'] ?? null) : decodeURIComponent(url.password)
  const address = `${url.protocol}//${url.hostname}:${url.port === '' ? '6379' : url.port}/${url.pathname.slice(1) === '' ? '0' : url.pathname.slice(1)}`
  return { store: 'redis', url: address, username, password, prefix: take('prefix') ?? 'sallyport', isCluster: take('cluster') === 'true' }
}

/** Answers a parameter once, `null` when absent. A parameter nobody knows is refused: a misspelt prefix would lead to another store. */
function taker(parameters: URLSearchParams, known: readonly string[]): (name: string) => string | null {
  for (const name of parameters.keys()) {
    if (!known.includes(name) || parameters.getAll(name).length > 1)
      throw new ConfigurationError(`A store URL of this kind takes each of ${known.join(', ')} once, and nothing else.`)
  }
  return (name) => parameters.get(name)
}
