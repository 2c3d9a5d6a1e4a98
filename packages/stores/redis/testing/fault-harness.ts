import { faultPlan, type FaultHarness } from '@sallyport/conformance'
import { afterAll } from 'vitest'
import type { RedisClient } from '../src/redis-client.ts'
import { redisStores } from '../src/redis-stores.ts'
import { connect, freshPrefix } from './harness.ts'
import { redisServer, type RedisServer } from './redis-server.ts'

const DEADLINE_MS = 400
const SLOW_MS = 40

/** Redis behind a client that loses what passes through it. What a broken socket does is tried on the wire, in faults.test.ts. */
export function redisFaults(): FaultHarness {
  let started: Promise<RedisServer> | undefined
  afterAll(async () => (await started)?.remove())
  return {
    deadlineMs: DEADLINE_MS + 2000,
    async open({ clock }) {
      const server = await (started ??= redisServer())
      const prefix = freshPrefix()
      const [client, direct] = [connect(server), connect(server)]
      const faults = faultPlan()

      async function call(command: string, args: string[]): Promise<unknown> {
        const fault = faults.due()
        if (fault === 'hang') return new Promise(() => {})
        if (fault === 'refused') throw broken()
        if (fault === 'throttled') throw loading()
        if (fault === 'slow') await pause(SLOW_MS)
        const reply = await client.call(command, args)
        if (fault === 'lost-answer') throw broken()
        return reply
      }
      // Without a pipeline every command passes by itself.
      const faulty: RedisClient = { call, quit: () => client.quit(), disconnect: () => client.disconnect() }
      const stores = redisStores({ client: faulty, clock, prefix, deadlineMs: DEADLINE_MS })
      const plain = redisStores({ client: direct, clock, prefix })
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

/** As ioredis says it when the connection breaks under a command. */
function broken(): Error {
  return new Error('Connection is closed.')
}

function loading(): Error {
  return Object.assign(new Error('LOADING Redis is loading the dataset in memory'), { name: 'ReplyError' })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
