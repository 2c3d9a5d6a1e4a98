import { Redis } from 'ioredis'
import { redisOptions } from '../src/client-options.ts'
import { redisStores } from '../src/redis-stores.ts'
import type { ToParent, ToWorker } from './process-stores.ts'
import { NOW } from './samples.ts'

// A process of its own on the Redis whose port is its argument. Run by `processStores`.

const stores = redisStores({ client: new Redis(Number(process.argv[2]), '127.0.0.1', redisOptions()), clock: { now: () => NOW } })

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
