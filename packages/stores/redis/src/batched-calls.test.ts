import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, freshPrefix, withRedis } from '../testing/harness.ts'
import { redisServer, type RedisServer } from '../testing/redis-server.ts'
import { newSession, newUser, NOW } from '../testing/samples.ts'
import type { RedisClient } from './redis-client.ts'
import { redisStores } from './redis-stores.ts'

const clock = { now: () => NOW }
const sessions = Array.from({ length: 600 }, () => newSession(newUser()))

/** A client that remembers what passed by itself, and how many keys that named. */
function listening(client: Redis): { readonly client: RedisClient; readonly passed: string[] } {
  const passed: string[] = []
  return {
    passed,
    client: {
      call(command, args) {
        passed.push(`${command} ${args.length}`)
        return client.call(command, args)
      },
      pipeline(commands) {
        passed.push(...commands.map(([, command]) => `pipeline ${command}`))
        return client.pipeline(commands)
      },
      quit: () => client.quit(),
      disconnect: () => client.disconnect(),
    },
  }
}

withRedis('reads at once', () => {
  let server: RedisServer
  let cluster: RedisServer
  beforeAll(async () => {
    server = await redisServer()
    // All slots on one node, behind one address: as a proxy of a cluster looks to a client that knows of none.
    cluster = await redisServer({ 'cluster-enabled': 'yes' })
    const admin = connect(cluster)
    await admin.call('CLUSTER', ['ADDSLOTSRANGE', '0', '16383'])
    while (!String(await admin.call('CLUSTER', ['INFO'])).includes('cluster_state:ok')) await setTimeout(20)
    admin.disconnect()
  })
  afterAll(async () => {
    await Promise.all([server.remove(), cluster.remove()])
  })

  async function storesOn(client: Redis) {
    const { client: counted, passed } = listening(client)
    const stores = redisStores({ client: counted, clock, prefix: freshPrefix() })
    for (const session of sessions) await stores.sessions.create(session)
    passed.length = 0
    const findAll = () => Promise.all(sessions.map(({ userId, id }) => stores.sessions.find(userId, id)))
    return { stores, passed, findAll }
  }

  it('are one command for 250 of them, and each gets what is its own, or nothing', async () => {
    const { stores, passed, findAll } = await storesOn(connect(server))
    const absent = stores.sessions.find(newUser().id, 'none')
    expect(await findAll()).toEqual(sessions)
    expect(await absent).toBeNull()
    // The first was alone when it was sent.
    expect(passed).toEqual(['GET 1', 'MGET 250', 'MGET 250', 'MGET 100'])
    await stores.close()
  })

  it('go out beside whatever else meets them', async () => {
    const { stores, passed, findAll } = await storesOn(connect(server))
    const [first, second] = sessions
    const end = stores.sessions.end({ userId: first!.userId, sessionId: first!.id, secretHash: null })
    const found = findAll()
    const prolonged = stores.sessions.prolong({ userId: second!.userId, sessionId: second!.id, secretHash: 'another', idleExpiresAt: NOW + 1 })
    expect([await end, await prolonged]).toEqual([true, null])
    expect((await found).slice(1)).toEqual(sessions.slice(1))
    // Behind them come the texts of scripts that this Redis has not seen.
    expect(passed.slice(1, 5)).toEqual(['MGET 250', 'MGET 250', 'MGET 100', 'pipeline EVALSHA'])
    await stores.close()
  })

  it('go one by one, and are answered all the same, where several keys at once are refused: by a cluster, or for want of rights', async () => {
    const poor = connect(server)
    await poor.call('ACL', ['SETUSER', 'poor', 'on', 'nopass', '~*', '+@all', '-mget'])
    await poor.call('AUTH', ['poor', 'any'])
    for (const client of [connect(cluster), poor]) {
      const { stores, passed, findAll } = await storesOn(client)
      expect(await findAll()).toEqual(sessions)
      expect(passed.filter((each) => each === 'pipeline GET')).toHaveLength(599)
      passed.length = 0
      expect(await findAll()).toEqual(sessions)
      expect(passed.filter((each) => each.startsWith('MGET'))).toEqual([])
      await stores.close()
    }
  })
})
