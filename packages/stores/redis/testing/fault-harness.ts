import { faultPlan, type FaultHarness } from '@sallyport/conformance'
import type { Cluster, Redis } from 'ioredis'
import { afterAll } from 'vitest'
import type { RedisClient } from '../src/redis-client.ts'
import { redisStores } from '../src/redis-stores.ts'
import { connect, connectCluster, freshPrefix } from './harness.ts'
import { redisServer, sharedRedisCluster, type RedisServer } from './redis-server.ts'

/** What a crowded machine needs for a command is no fault. */
const DEADLINE_MS = 2000
/** Beyond the adapter's own deadline: a call that hangs for ever is found out, one that waited for the machine is not. */
const CROWD_MS = 9000
const SLOW_MS = 40

/** One server of this file. */
export function redisFaults(): FaultHarness {
  let started: Promise<RedisServer> | undefined
  afterAll(async () => (await started)?.remove())
  return faultHarness(async () => connect(await (started ??= redisServer())))
}

/** Three masters. */
export function redisClusterFaults(): FaultHarness {
  return faultHarness(async () => connectCluster(await sharedRedisCluster()))
}

/** Redis behind a client that loses what passes through it. What a broken socket does is tried on the wire, in faults.test.ts. The connection is shared: faults befall commands before it. */
function faultHarness(open: () => Promise<Redis | Cluster>): FaultHarness {
  let opening: Promise<Redis | Cluster> | undefined
  afterAll(async () => (await opening)?.quit())
  return {
    deadlineMs: DEADLINE_MS + CROWD_MS,
    async open({ clock }) {
      const client = await (opening ??= open())
      const prefix = freshPrefix()
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
      const kept: RedisClient = {
        call: (command, args) => client.call(command, args),
        quit: async () => 'OK',
        disconnect: () => {},
        isCluster: client.isCluster,
      }
      const stores = redisStores({ client: { ...kept, call }, clock, prefix, deadlineMs: DEADLINE_MS })
      const plain = redisStores({ client: kept, clock, prefix, deadlineMs: 5000 })
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
