import { faultPlan, type FaultHarness, type FaultKind } from '@sallyport/conformance'
import { afterAll } from 'vitest'
import { dynamodbStores } from '../src/dynamodb-stores.ts'
import { freshName, type DynamodbLocal } from './dynamodb-local.ts'
import { faultProxy, type Fault } from './fault-proxy.ts'
import { createdTable } from './harness.ts'
import { TABLE_NAME, TRANSPORTS, type TransportName } from './transports.ts'

const FAULTS: Readonly<Record<FaultKind, Fault>> = {
  refused: 'unreached',
  'lost-answer': 'lost',
  hang: 'hang',
  slow: { slowMs: 40 },
  throttled: { refuse: 'ThrottlingException' },
}
/** A request that hangs is made again once. */
const TIMES = { deadlineMs: 900, requestTimeoutMs: 450 }

/** DynamoDB Local behind the proxy that does what networks and a busy service do. */
export async function dynamodbFaults(local: DynamodbLocal, name: TransportName): Promise<FaultHarness> {
  const proxy = await faultProxy(local.port)
  afterAll(() => proxy.close())
  return {
    deadlineMs: TIMES.deadlineMs + 2500,
    async open({ clock }) {
      await createdTable(local)
      const keyPrefix = `${freshName()}/`
      const options = { table: { tableName: TABLE_NAME, keyPrefix }, clock }
      const stores = dynamodbStores({ ...options, ...TIMES, transport: TRANSPORTS[name](proxy.endpoint) })
      const plain = dynamodbStores({ ...options, transport: TRANSPORTS[name](local.endpoint) })
      const faults = faultPlan()
      proxy.watch(keyPrefix, () => {
        const kind = faults.due()
        return kind === null ? null : FAULTS[kind]
      })
      return {
        stores,
        plain,
        faults,
        close: async () => {
          await Promise.all([stores.close(), plain.close()])
        },
      }
    },
  }
}
