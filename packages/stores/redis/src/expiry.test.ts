import { CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, HOUR, MINUTE, type Stores } from '@sallyport/core'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { connect, withRedis } from '../testing/harness.ts'
import { redisServer, type RedisServer } from '../testing/redis-server.ts'
import { identityOf, newKey, newSession, newToken, newUser, nextVersion, NOW } from '../testing/samples.ts'
import { EXPIRY_SLACK_MS, keyspace } from './keyspace.ts'
import { redisStores } from './redis-stores.ts'

/** What PEXPIRETIME answers for a key without expiry, and for no key. */
const NEVER = -1
const GONE = -2

withRedis('when Redis itself drops rows', () => {
  let server: RedisServer
  let raw: Redis
  let stores: Stores
  let now = NOW
  const keys = keyspace('sallyport')
  const dropsAt = async (key: string): Promise<number> => Number(await raw.call('PEXPIRETIME', [key]))

  beforeAll(async () => {
    server = await redisServer()
    raw = connect(server)
    stores = redisStores({ client: connect(server), clock: { now: () => now } })
  })
  beforeEach(async () => {
    now = NOW
    await raw.flushall()
  })
  afterAll(async () => {
    raw.disconnect()
    await stores.close()
    await server.remove()
  })

  it('a session, whatever is written to it, and the index with the last of its sessions', async () => {
    const user = newUser()
    const [short, long] = [newSession(user), newSession(user, { idleExpiresAt: NOW + 10 * HOUR, expiresAt: NOW + 5 * HOUR })]
    const dropped = async (): Promise<number[]> =>
      Promise.all(
        [keys.session(user.id, short.id), keys.session(user.id, long.id), keys.sessions(user.id)].map(
          async (key) => (await dropsAt(key)) - EXPIRY_SLACK_MS - NOW,
        ),
      )
    await stores.sessions.create(short)
    expect(await dropped()).toEqual([HOUR, GONE - EXPIRY_SLACK_MS - NOW, HOUR])
    await stores.sessions.create(long)
    expect(await dropped()).toEqual([HOUR, 5 * HOUR, 5 * HOUR])
    await stores.sessions.rotate({ userId: user.id, sessionId: short.id, counter: 0, graceMs: 1000, idleExpiresAt: NOW + 7 * HOUR })
    expect(await dropped()).toEqual([7 * HOUR, 5 * HOUR, 7 * HOUR])
    await stores.sessions.prolong({ userId: user.id, sessionId: short.id, secretHash: short.secretHash!, idleExpiresAt: NOW + 30 * HOUR })
    expect(await dropped()).toEqual([24 * HOUR, 5 * HOUR, 24 * HOUR])
    await stores.sessions.rewriteClaims(user.id, { ...short.claims, version: 2 })
    expect(await dropped()).toEqual([24 * HOUR, 5 * HOUR, 24 * HOUR])
    await stores.sessions.endAll({ userId: user.id, floor: 0, except: null })
    expect(await raw.keys('*')).toEqual([keys.floor(user.id)])
  })

  it('never a floor while the user is there, and a day after it was closed then, however it is touched', async () => {
    const user = newUser()
    const floor = keys.floor(user.id)
    await stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
    await stores.sessions.rewriteClaims(user.id, { ...newSession(user).claims, version: 2 })
    expect(await dropsAt(floor)).toBe(NEVER)
    await stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
    now += HOUR
    await stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
    await stores.sessions.rewriteClaims(user.id, { ...newSession(user).claims, version: 9 })
    expect(await dropsAt(floor)).toBe(NOW + CLOSED_FLOOR_KEPT_MS + EXPIRY_SLACK_MS)
    now = NOW + CLOSED_FLOOR_KEPT_MS
    expect(await stores.sessions.create(newSession(user, { idleExpiresAt: now + HOUR, expiresAt: now + HOUR }))).toEqual({
      outcome: 'created',
      floor: 0,
    })
  })

  it('a one-time token, used or not; a counter with its window', async () => {
    const token = newToken(newUser())
    const key = keys.oneTimeToken(token.userId, token.purpose)
    await stores.oneTimeTokens.issue(token)
    await stores.oneTimeTokens.consume({ ...token, attemptId: 'one' })
    expect(await dropsAt(key)).toBe(token.expiresAt + EXPIRY_SLACK_MS)
    await stores.oneTimeTokens.issue({ ...token, hash: 'another', expiresAt: NOW + 2 * HOUR })
    expect(await dropsAt(key)).toBe(NOW + 2 * HOUR + EXPIRY_SLACK_MS)

    const [count] = await stores.counters.count([{ key: 'a', windowMs: MINUTE }])
    await stores.counters.count([{ key: 'a', windowMs: MINUTE }])
    expect(await dropsAt(keys.counter({ key: 'a', windowMs: MINUTE, resetsAt: count!.resetsAt }))).toBe(count!.resetsAt + EXPIRY_SLACK_MS)
  })

  it('never a user, an identity or a signing key', async () => {
    const user = newUser()
    const moved = nextVersion(user, { email: `new-${user.email}` })
    await stores.users.create(user, identityOf(user))
    await stores.users.moveIdentity({ user: moved, from: identityOf(user).key, to: identityOf(moved), attemptId: 'one' })
    await stores.keys.insert(newKey(1))
    await stores.keys.retire(1, NOW)
    const names = await raw.keys('*')
    expect(names).toHaveLength(4)
    for (const name of names) expect(await dropsAt(name)).toBe(NEVER)
  })

  it('ids of sessions that are long over leave the index when somebody signs in, later than any clock may be off', async () => {
    const user = newUser()
    const [over, next, last] = [newSession(user), newSession(user), newSession(user)]
    await stores.sessions.create(over)
    now = over.idleExpiresAt + EXPIRY_SLACK_MS
    const lasting = { idleExpiresAt: NOW + 20 * HOUR }
    await stores.sessions.create({ ...next, ...lasting })
    expect(await raw.zcard(keys.sessions(user.id))).toBe(2)
    now += 1
    await stores.sessions.create({ ...last, ...lasting })
    expect(await raw.zrange(keys.sessions(user.id), 0, -1)).toEqual([next.id, last.id].toSorted())
  })
})
