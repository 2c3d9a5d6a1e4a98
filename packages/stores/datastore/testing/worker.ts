import type { Stores } from '@sallyport/core'
import { datastoreStores } from '../src/datastore-stores.ts'
import { openDatastoreClient } from '../src/open-datastore-client.ts'
import type { ToParent, ToWorker } from './process-stores.ts'
import { NOW } from './samples.ts'

// A process of its own on the database. Run by `processStores`.

const [projectId = '', namespace = ''] = process.argv.slice(2)
const client = await openDatastoreClient({ projectId, environment: process.env })
const stores: Stores = datastoreStores({ client, projectId, namespace, clock: { now: () => NOW } })
await stores.users.find('nobody')

async function handle({ port, method, values }: ToWorker): Promise<unknown> {
  const called = stores[port] as unknown as Record<string, (...values: readonly unknown[]) => Promise<unknown>>
  return called[method]?.(...values)
}

const send = (message: ToParent): void => void process.send?.(message)
process.on('message', (message: ToWorker) => {
  handle(message).then(
    (result) => send({ id: message.id, result: result ?? null }),
    (error: unknown) => send({ id: message.id, failure: String(error) }),
  )
})
// Without the parent there is nothing left to do.
process.on('disconnect', () => process.exit())
send('ready')
