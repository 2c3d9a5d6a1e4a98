import { dynamodbStores } from '../src/index.ts'
import type { ToParent, ToWorker } from './process-stores.ts'
import { clock } from './samples.ts'
import { TRANSPORTS, type TransportName } from './transports.ts'

// A process of its own. Its arguments: the endpoint, the table, the prefix of its keys, the transport. Run by `processStores`.

const [, , endpoint = '', tableName = '', keyPrefix = '', name = ''] = process.argv
// Many processes on few cores wait for one another.
const times = { deadlineMs: 20_000, requestTimeoutMs: 10_000 }
const stores = dynamodbStores({
  transport: TRANSPORTS[name as TransportName](endpoint),
  table: { tableName, keyPrefix },
  clock,
  ...times,
})

function send(message: ToParent): void {
  process.send?.(message)
}

async function handle({ port, method, values }: ToWorker): Promise<unknown> {
  const methods = stores[port] as unknown as Record<string, (...parameters: readonly unknown[]) => Promise<unknown>>
  return methods[method]?.(...values)
}

process.on('message', (message: ToWorker) => {
  handle(message).then(
    (result) => send({ id: message.id, result: result ?? null }),
    (error: unknown) => send({ id: message.id, failure: String(error) }),
  )
})
send({ id: 0, result: 'ready' })
