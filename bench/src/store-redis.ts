import { createClient } from '@redis/client'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { dividedBy, ratioOf, type Effort } from './measure.ts'
import type { GroupReport, Row } from './report.ts'
import { atLeast, measureReads, rawRead, sampleSession, storeRead, type Measured } from './store-reads.ts'

const OURS = 'Sallyport'
const IOREDIS = 'ioredis GET'
const PIPELINING = 'ioredis GET, enableAutoPipelining'
const NODE_REDIS = 'node-redis GET'

/** Beside GET of the same key: on the connection of the store, and by the other ways there are, each on a connection of its own. */
export async function redisReads(
  { redisOptions, redisStores, systemClock }: typeof import('./ours-stores.ts'),
  port: number,
  effort: Effort,
): Promise<GroupReport> {
  const client = new Redis(port, '127.0.0.1', redisOptions())
  const pipelining = new Redis(port, '127.0.0.1', { enableAutoPipelining: true })
  const nodeRedis = await createClient({ socket: { host: '127.0.0.1', port } }).connect()
  const stores = redisStores({ client, clock: systemClock })
  try {
    const session = sampleSession()
    await stores.sessions.create(session)
    const [key] = await client.keys('*:session:*')
    assert.ok(key)
    const base = await rawRead(IOREDIS, session, () => client.get(key))
    const candidates = [
      await storeRead(OURS, stores.sessions, session),
      await rawRead(PIPELINING, session, () => pipelining.get(key)),
      await rawRead(NODE_REDIS, session, () => nodeRedis.get(key)),
    ]
    return await measureReads({ engine: 'Redis', base, candidates, rows }, effort)
  } finally {
    pipelining.disconnect()
    nodeRedis.destroy()
    await stores.close()
  }
}

function rows({ rates, underWay }: Measured): readonly Row[] {
  const median = (name: string): number => ratioOf(rates(name)).median
  const fastest = [IOREDIS, PIPELINING, NODE_REDIS].reduce((best, name) => (median(name) > median(best) ? name : best))
  const what = `session check on Redis, ${underWay} under way`
  return [
    atLeast(`${what} / ioredis GET, same connection`, ratioOf(rates(OURS)), 0.9),
    atLeast(`${what} / the fastest client (${fastest})`, dividedBy(rates(OURS), rates(fastest)), 0.95),
  ]
}
