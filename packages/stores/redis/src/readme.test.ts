import { readFileSync } from 'node:fs'
import { systemClock } from '@sallyport/core'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { withRedis } from '../testing/harness.ts'
import { redisServer } from '../testing/redis-server.ts'
import { demandSoundRedis } from './check-redis.ts'
import { redisOptions } from './client-options.ts'
import { redisStores } from './redis-stores.ts'

withRedis('the sample of the README', () => {
  it('the sample of the README works', async () => {
    const server = await redisServer({ appendonly: 'yes' })
    const logged: unknown[] = []
    const console = { log: (value: unknown) => logged.push(value), warn: (value: unknown) => logged.push(value) }
    const url = `redis://127.0.0.1:${server.port}`
    // sample
    const client = new Redis(url, redisOptions())
    client.on('error', () => {}) // whoever called hears of it
    for (const { message } of await demandSoundRedis({ client })) console.warn(message)
    const stores = redisStores({ client, clock: systemClock })

    const [hit] = await stores.counters.count([{ key: 'login:203.0.113.0/24', windowMs: 60_000 }])
    console.log(hit?.count) // 1
    await stores.close()
    // end of sample
    await server.remove()
    expect(logged).toEqual([expect.stringContaining('appendfsync everysec'), 1])
    const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
    const sample = lines.slice(lines.indexOf('    // sample') + 1, lines.indexOf('    // end of sample')).map((line) => line.slice(4))
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.join('\n'))
  })
})
