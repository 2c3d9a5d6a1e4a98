import { faultPlan, type FaultHarness, type FaultKind } from '@sallyport/conformance'
import type { Clock } from '@sallyport/core'
import { afterAll } from 'vitest'
import type { DynamoTransport } from '../src/dynamo-transport.ts'
import { dynamodbStores } from '../src/dynamodb-stores.ts'
import { freshName, type DynamodbLocal } from './dynamodb-local.ts'
import { faultProxy, type Fault } from './fault-proxy.ts'
import { createdTable, kept } from './harness.ts'
import { TABLE_NAME, TRANSPORTS, type TransportName } from './transports.ts'

const FAULTS: Readonly<Record<FaultKind, Fault>> = {
  refused: 'unreached',
  'lost-answer': 'lost',
  hang: 'hang',
  slow: { slowMs: 40 },
  throttled: { refuse: 'ThrottlingException' },
}
/** What a crowded machine needs for a request is no fault. A request that hangs is made again once. */
const TIMES = { deadlineMs: 3000, requestTimeoutMs: 1500 }
const PATIENT = { deadlineMs: 20_000, requestTimeoutMs: 10_000 }
/** Beyond the adapter's own deadline: a call that hangs for ever is found out, one that waited for the machine is not. */
const CROWD_MS = 9000

/**
 * DynamoDB Local behind the proxy that does what networks and a busy service do. Connections take longer to make than a clause, so they are used again once they are free; those past
 * the proxy are shared.
 */
export async function dynamodbFaults(local: DynamodbLocal, name: TransportName): Promise<FaultHarness> {
  const proxy = await faultProxy(local.port)
  const direct = TRANSPORTS[name](local.endpoint)
  const [all, free]: [DynamoTransport[], DynamoTransport[]] = [[direct], []]
  afterAll(() => {
    for (const transport of all) transport.close()
    proxy.close()
  })

  async function freeTransport(clock: Clock): Promise<DynamoTransport> {
    const used = free.pop()
    if (used !== undefined) return used
    const transport = TRANSPORTS[name](proxy.endpoint)
    all.push(transport)
    // The first call makes the connection, and wakes an emulator that has just started: both take longer than a fault may.
    const patient = dynamodbStores({ table: { tableName: TABLE_NAME, keyPrefix: `${freshName()}/` }, clock, ...PATIENT, transport: kept(transport) })
    await patient.counters.count([{ key: 'first', windowMs: 1000 }])
    return transport
  }

  return {
    deadlineMs: TIMES.deadlineMs + CROWD_MS,
    async open({ clock }) {
      await createdTable(local)
      const keyPrefix = `${freshName()}/`
      const options = { table: { tableName: TABLE_NAME, keyPrefix }, clock }
      const transport = await freeTransport(clock)
      const stores = dynamodbStores({ ...options, ...TIMES, transport: kept(transport) })
      const plain = dynamodbStores({ ...options, ...PATIENT, transport: kept(direct) })
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
          free.push(transport)
        },
      }
    },
  }
}
