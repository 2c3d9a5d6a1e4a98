import { readFileSync } from 'node:fs'
import { openStoreTrial, runClauses, storeClauses } from '@sallyport/conformance'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { connect, freshPrefix, withRedis } from '../testing/harness.ts'
import { redisServer } from '../testing/redis-server.ts'
import { checkRedis } from './check-redis.ts'
import { redisOptions } from './client-options.ts'
import { redisStores } from './redis-stores.ts'

withRedis('the rights of the README', () => {
  it('the rights of the README are enough for every clause and for the check, and open nothing else', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const rights = /User rights: `([^`]+)`/.exec(readme)?.[1]?.replaceAll('sallyport', 'test-*').split(' ') ?? []
    const server = await redisServer({ appendonly: 'yes', appendfsync: 'always' })
    const admin = connect(server)
    await admin.call('ACL', ['SETUSER', 'app', 'on', '>password', ...rights])
    const client = (): Redis => {
      const opened = new Redis(server.port, '127.0.0.1', { ...redisOptions(), username: 'app', password: 'password' })
      return opened.on('error', () => {})
    }
    const harness = {
      async open({ clock }: Parameters<Parameters<typeof openStoreTrial>[0]['open']>[0]) {
        const stores = redisStores({ client: client(), clock, prefix: freshPrefix() })
        return { stores, close: () => stores.close() }
      },
    }
    const results = await runClauses(storeClauses, () => openStoreTrial(harness), { deadlineMs: 10_000 })
    expect(results.filter(({ error }) => error !== null)).toEqual([])

    const [app, checking] = [client(), client()]
    await expect(app.get('other:key')).rejects.toThrow('NOPERM')
    await expect(app.flushall()).rejects.toThrow('NOPERM')
    expect((await checkRedis({ client: checking })).map(({ code }) => code)).toEqual(['unverified'])
    await admin.call('ACL', ['SETUSER', 'app', '+config|get'])
    expect(await checkRedis({ client: checking })).toEqual([])
    for (const each of [app, checking, admin]) each.disconnect()
    await server.remove()
  })
})
