import type { StoreHarness } from '@sallyport/conformance'
import { afterAll } from 'vitest'
import { dynamodbStores, tableDefinition, type DynamoTransport, type Item } from '../src/index.ts'
import { freshName, type DynamodbLocal } from './dynamodb-local.ts'
import { TABLE_NAME, TRANSPORTS, type TransportName } from './transports.ts'

/** An empty store for every clause: a key prefix of its own in one table that all share, over two sets of connections that all share too: a client of the SDK takes longer to make. */
export function dynamodbHarness(local: DynamodbLocal, name: TransportName): StoreHarness {
  const ready = createdTable(local)
  const transports = [TRANSPORTS[name](local.endpoint), TRANSPORTS[name](local.endpoint)]
  afterAll(() => transports.forEach((transport) => transport.close()))
  return {
    async open({ clock }) {
      await ready
      const table = { tableName: TABLE_NAME, keyPrefix: `${freshName()}/` }
      const [stores, second] = transports.map((transport) => dynamodbStores({ transport: kept(transport), table, clock }))
      return {
        stores: stores!,
        second: async () => second!,
        peek: async () => (await itemsUnder(local, table.keyPrefix)).map((item) => JSON.stringify(item)),
        close: async () => {
          await Promise.all([stores!.close(), second!.close()])
        },
      }
    },
  }
}

/** The same transport, for a store that may close it. */
export function kept(transport: DynamoTransport): DynamoTransport {
  return { call: (operation, input, options) => transport.call(operation, input, options), close: () => {} }
}

const tables = new Map<string, Promise<unknown>>()

/** The table of these tests, made once for each emulator. */
export function createdTable({ endpoint }: DynamodbLocal): Promise<unknown> {
  const made =
    tables.get(endpoint) ?? TRANSPORTS.lean(endpoint).call('CreateTable', tableDefinition({ tableName: TABLE_NAME }).table, { timeoutMs: 10_000 })
  tables.set(endpoint, made)
  return made
}

/** Every item whose partition key begins with the prefix, read past the stores. */
export async function itemsUnder({ endpoint }: DynamodbLocal, keyPrefix: string): Promise<readonly Item[]> {
  const transport = TRANSPORTS.lean(endpoint) as unknown as { call(operation: 'Scan', input: object, options: object): Promise<ScanOutput> } & Pick<
    DynamoTransport,
    'close'
  >
  const scan = {
    TableName: TABLE_NAME,
    ConsistentRead: true,
    FilterExpression: 'begins_with(pk, :prefix)',
    ExpressionAttributeValues: { ':prefix': { S: keyPrefix } },
  }
  const items: Item[] = []
  for (let start: Item | undefined, more = true; more; more = start !== undefined) {
    const page = await transport.call('Scan', start === undefined ? scan : { ...scan, ExclusiveStartKey: start }, { timeoutMs: 10_000 })
    items.push(...page.Items)
    start = page.LastEvaluatedKey
  }
  transport.close()
  return items
}

interface ScanOutput {
  readonly Items: readonly Item[]
  readonly LastEvaluatedKey?: Item
}
