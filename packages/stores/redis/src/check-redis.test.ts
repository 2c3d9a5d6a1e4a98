import { inspect } from 'node:util'
import { ConfigurationError } from '@sallyport/core'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { connect, connectCluster, withRedis } from '../testing/harness.ts'
import { redisCluster, redisServer, type RedisConfig, type RedisServer } from '../testing/redis-server.ts'
import { checkRedis, demandSoundRedis } from './check-redis.ts'
import { redisOptions } from './client-options.ts'

const SOUND: RedisConfig = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }

withRedis('the check of Redis', () => {
  const open: { readonly remove: () => Promise<void> }[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.remove()))
  })

  async function server(config: RedisConfig): Promise<RedisServer> {
    const started = await redisServer(config)
    open.push(started)
    return started
  }

  async function checked(config: RedisConfig): Promise<string[]> {
    const client = connect(await server(config))
    const findings = await checkRedis({ client })
    client.disconnect()
    return findings.map(({ code, severity }) => `${severity} ${code}`)
  }

  describe('checkRedis', () => {
    it('finds nothing where all is set', async () => {
      expect(await checked(SOUND)).toEqual([])
    })

    it.each([
      [{ ...SOUND, 'maxmemory-policy': 'allkeys-lru' }, ['refuse eviction']],
      [{ ...SOUND, 'maxmemory-policy': 'volatile-ttl' }, ['refuse eviction']],
      [{ ...SOUND, appendfsync: 'everysec' }, ['warn late-fsync']],
      [{ ...SOUND, appendonly: 'no', save: '60 1' }, ['warn snapshots-only']],
      [{ ...SOUND, appendonly: 'no', save: '' }, ['refuse no-persistence']],
    ])('of %j it says %j', async (config, found) => {
      expect(await checked(config)).toEqual(found)
    })

    it('says what it cannot see where CONFIG is closed, and judges by INFO', async () => {
      const client = connect(await server({ ...SOUND, 'maxmemory-policy': 'allkeys-lru' }))
      await client.call('ACL', ['SETUSER', 'default', '-config'])
      expect((await checkRedis({ client })).map(({ code, severity }) => `${severity} ${code}`)).toEqual(['refuse eviction', 'warn unverified'])
      client.disconnect()
    })

    it('tells a replica, and a primary that acknowledges without its replicas', async () => {
      const primary = await server(SOUND)
      const replica = await server({ ...SOUND, replicaof: `127.0.0.1 ${primary.port}` })
      const [one, two] = [connect(primary), connect(replica)]
      await expect.poll(async () => (await checkRedis({ client: one })).map(({ code }) => code), { timeout: 10_000 }).toEqual(['failover-loss'])
      expect((await checkRedis({ client: two })).map(({ code }) => code)).toEqual(['replica'])
      await one.config('SET', 'min-replicas-to-write', '1')
      expect(await checkRedis({ client: one })).toEqual([])
      one.disconnect()
      two.disconnect()
    })

    it('looks at every master of a cluster, and tells a cluster behind a client for one server', async () => {
      const nodes = await redisCluster(SOUND)
      open.push(...nodes)
      const cluster = connectCluster(nodes)
      expect(await checkRedis({ client: cluster })).toEqual([])
      const last = connect(nodes[2]!)
      await last.config('SET', 'maxmemory-policy', 'allkeys-random')
      expect((await checkRedis({ client: cluster })).map(({ code }) => code)).toEqual(['eviction'])
      expect((await checkRedis({ client: last })).map(({ code }) => code)).toEqual(['cluster', 'eviction'])
      cluster.disconnect()
      last.disconnect()
    })
  })

  describe('demandSoundRedis', () => {
    it('refuses with every reason, and answers warnings', async () => {
      const started = await server({ 'maxmemory-policy': 'allkeys-lru' })
      const client = connect(started)
      const error = await demandSoundRedis({ client }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ConfigurationError)
      expect((error as Error).message).toMatch(/noeviction.*appendonly yes/)
      const lenient = await demandSoundRedis({ client, eviction: 'warn', persistence: 'warn' })
      expect(lenient.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warn eviction', 'warn no-persistence'])
      client.disconnect()
    })

    it('is a matter of configuration where the password is wrong, and names neither', async () => {
      const started = await server({ requirepass: 'the right password' })
      for (const password of ['a wrong password', undefined]) {
        const client = new Redis(started.port, '127.0.0.1', { ...redisOptions(), ...(password === undefined ? {} : { password }) })
        client.on('error', () => {})
        const error = await demandSoundRedis({ client }).catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(ConfigurationError)
        expect(inspect(error)).not.toContain('a wrong password')
        client.disconnect()
      }
    })
  })
})
