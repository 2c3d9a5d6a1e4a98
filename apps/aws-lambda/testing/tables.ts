import { randomBytes } from 'node:crypto'
import { changeRoles, systemClock, systemRandom } from '@sallyport/core'
import { dynamodbStores, leanTransport, tableDefinition } from '@sallyport/store-dynamodb'
import { POSTS_TABLE } from '../src/posts-table.ts'
import { SECRETS } from '../templates/functions.ts'

export interface Tables {
  /** The variables that lead a function to them. */
  readonly environment: Readonly<Record<string, string>>
  /** Gives the user of that address exactly these roles, as an operator does. */
  setRoles(email: string, roles: readonly string[]): Promise<string>
  close(): Promise<void>
}

/** The tables of the templates in DynamoDB Local, empty, and with names of their own unless there is a name. */
export async function freshTables(endpoint: string, name: string = randomBytes(8).toString('hex')): Promise<Tables> {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'an example' }
  const transport = leanTransport({ endpoint, region: 'eu-central-1', credentials: async () => credentials })
  const names = { users: name, posts: `${name}-posts` }
  await transport.call('CreateTable', tableDefinition({ tableName: names.users }).table, { timeoutMs: 10_000 })
  await transport.call('CreateTable', { ...POSTS_TABLE, TableName: names.posts }, { timeoutMs: 10_000 })
  const stores = dynamodbStores({ transport, table: { tableName: names.users }, clock: systemClock })
  return {
    environment: { SALLYPORT_DYNAMODB_ENDPOINT: endpoint, SALLYPORT_DYNAMODB_TABLE: names.users, SALLYPORT_POSTS_TABLE: names.posts },
    setRoles: changeRoles({ ...stores, clock: systemClock, random: systemRandom, audit: async () => {} }),
    close: () => stores.close(),
  }
}

/** The secrets of one run. */
export function freshSecrets(): Readonly<Record<string, string>> {
  return Object.fromEntries(SECRETS.map((name) => [name, randomBytes(32).toString('base64')]))
}
