import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import assert from 'node:assert/strict'
import { authJsRead } from './authjs-dynamodb.ts'
import { handDynamo } from './hand-dynamodb.ts'
import { dividedBy, ratioOf, type Effort } from './measure.ts'
import type { GroupReport, Row } from './report.ts'
import { atLeast, measureReads, rawRead, sampleSession, storeRead, type Measured } from './store-reads.ts'

const RAW = 'raw GetItem of the SDK'
const SDK = 'Sallyport on the SDK'
const LEAN = 'Sallyport, lean transport'
const HAND = 'SigV4 by hand'
const AUTHJS = 'Auth.js, getSessionAndUser'

const region = 'eu-central-1'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'an example' }
const TableName = 'sallyport'

/** Beside a GetItem of the same item: by the SDK's client on the store's own connections, and by code that does nothing else. */
export async function dynamodbReads(ours: typeof import('./ours-stores.ts'), port: number, effort: Effort): Promise<GroupReport> {
  const { awsCredentials, dynamodbStores, leanTransport, sdkClientOptions, sdkTransport, systemClock, tableDefinition } = ours
  const endpoint = `http://127.0.0.1:${port}`
  const client = new DynamoDBClient({ ...sdkClientOptions(), endpoint, region, credentials })
  const environment = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey }
  const lean = leanTransport({ endpoint, region, credentials: awsCredentials({ environment }) })
  await lean.call('CreateTable', tableDefinition({ tableName: TableName }).table, { timeoutMs: 10_000 })
  const common = { clock: systemClock, table: { tableName: TableName } }
  const overSdk = dynamodbStores({ ...common, transport: sdkTransport(client) })
  const overLean = dynamodbStores({ ...common, transport: lean })
  const hand = handDynamo({ port, region, credentials })
  const authJsClient = new DynamoDBClient({ endpoint, region, credentials })
  try {
    const session = sampleSession()
    await overSdk.sessions.create(session)
    const Key = await keyOf(client, session.id)
    const input = { TableName, Key, ConsistentRead: true }
    const base = await rawRead(RAW, session, () => client.send(new GetItemCommand(input)))
    const candidates = [
      await storeRead(SDK, overSdk.sessions, session),
      await storeRead(LEAN, overLean.sessions, session),
      await rawRead(HAND, session, () => hand.getItem(input)),
      await authJsRead(authJsClient),
    ]
    return await measureReads({ engine: 'DynamoDB', base, candidates, rows }, effort)
  } finally {
    hand.close()
    authJsClient.destroy()
    await Promise.all([overSdk.close(), overLean.close()])
  }
}

async function keyOf(client: DynamoDBClient, sessionId: string): Promise<NonNullable<GetItemCommand['input']['Key']>> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName }))
  const item = Items.find((each) => each['sessionId']?.S === sessionId)
  assert.ok(item?.['pk'] !== undefined && item['sk'] !== undefined)
  return { pk: item['pk'], sk: item['sk'] }
}

function rows({ rates, cpu, underWay }: Measured): readonly Row[] {
  const what = (transport: string): string => `session check on DynamoDB, ${transport}, ${underWay} under way`
  return [
    atLeast(`${what('SDK')} / raw GetItem, same connection`, ratioOf(rates(SDK)), 0.9),
    atLeast(`${what('lean transport')} / SigV4 by hand`, dividedBy(rates(LEAN), rates(HAND)), 0.9),
    { goal: 10, what: `${what('lean transport')}, CPU / SigV4 by hand`, ours: dividedBy(cpu(LEAN), cpu(HAND)), bound: { atMost: 1.3 } },
    atLeast(`${what('lean transport')}, CPU of the SDK’s raw GetItem / ours`, dividedBy(cpu(RAW), cpu(LEAN)), 2.5),
    atLeast(`${what('SDK')} / Auth.js’s adapter`, dividedBy(rates(SDK), rates(AUTHJS)), 3),
    atLeast(`${what('lean transport')} / Auth.js’s adapter`, dividedBy(rates(LEAN), rates(AUTHJS)), 5),
  ]
}
