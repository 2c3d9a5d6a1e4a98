import { randomUUID } from 'node:crypto'
import type { StoreHarness } from '@sallyport/conformance'
import { Cluster, Redis } from 'ioredis'
import { afterAll, it } from 'vitest'
import { clusterOptions, redisOptions } from '../src/client-options.ts'
import { redisStores } from '../src/redis-stores.ts'
import { missingRedis, redisServer, sharedRedisCluster, type RedisServer } from './redis-server.ts'

/** Registers the tests, or one line that says why there are none. */
export function withRedis(name: string, register: () => void): void {
  const missing = missingRedis()
  if (missing === null) return register()
  it(`${name}: ${missing}`, ({ skip }) => skip(missing))
}

/** A part of the keyspace that no other test uses. */
export function freshPrefix(): string {
  return `test-${randomUUID()}`
}

export function connect({ port }: { readonly port: number }): Redis {
  return quiet(new Redis(port, '127.0.0.1', redisOptions()))
}

export function connectCluster(nodes: readonly { readonly port: number }[]): Cluster {
  return quiet(
    new Cluster(
      nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      clusterOptions(),
    ),
  )
}

/** A part of the keyspace on one server, which starts at the first clause. */
export function singleHarness(): StoreHarness {
  let started: Promise<RedisServer> | undefined
  afterAll(async () => (await started)?.remove())
  return harness(
    async () => connect(await (started ??= redisServer())),
    (client) => [client],
  )
}

/** The same on a cluster of three masters. */
export function clusterHarness(): StoreHarness {
  let started: Promise<readonly RedisServer[]> | undefined
  afterAll(async () => {
    await Promise.all(((await started) ?? []).map((node) => node.remove()))
  })
  return harness(
    async () => connectCluster(await (started ??= sharedRedisCluster())),
    (client) => client.nodes('master'),
  )
}

function harness<Client extends Redis | Cluster>(open: () => Promise<Client>, nodes: (client: Client) => readonly Redis[]): StoreHarness {
  return {
    async open({ clock }) {
      const prefix = freshPrefix()
      const [one, two] = [await open(), await open()]
      const [stores, second] = [redisStores({ client: one, clock, prefix }), redisStores({ client: two, clock, prefix })]
      return {
        stores,
        second: async () => second,
        peek: async () => (await Promise.all(nodes(one).map((node) => rowsOf(node, `*${prefix}:*`)))).flat(),
        close: async () => {
          await Promise.all([stores.close(), second.close()])
        },
      }
    },
  }
}

/** Every key that matches, with what it holds, as text: read by plain commands, past the stores. */
export async function rowsOf(client: Redis, pattern = '*'): Promise<string[]> {
  const keys = await client.keys(pattern)
  return Promise.all(keys.toSorted().map(async (key) => `${key} ${JSON.stringify(await valueOf(client, key))}`))
}

async function valueOf(client: Redis, key: string): Promise<unknown> {
  const type = await client.type(key)
  if (type === 'string') return client.get(key)
  if (type === 'hash') return client.hgetall(key)
  return client.zrange(key, 0, -1, 'WITHSCORES')
}

/** ioredis prints errors that nobody listens to. The stores report them where they matter: to whoever called. */
function quiet<Client extends Redis | Cluster>(client: Client): Client {
  client.on('error', () => {})
  return client
}
