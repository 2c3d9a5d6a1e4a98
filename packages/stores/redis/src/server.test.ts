import { CLOSED_FLOOR, StoreUnavailableError, type Stores } from '@sallyport/core'
import type { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { faultyWire } from '../testing/faulty-wire.ts'
import { connect, connectCluster, withRedis } from '../testing/harness.ts'
import { redisCluster, redisServer, type RedisConfig, type RedisServer } from '../testing/redis-server.ts'
import { identityOf, newKey, newSession, newToken, newUser, nextVersion, NOW } from '../testing/samples.ts'
import { keyspace } from './keyspace.ts'
import { redisStores } from './redis-stores.ts'

const DURABLE: RedisConfig = { appendonly: 'yes', appendfsync: 'always' }
const clock = { now: () => NOW }
const keys = keyspace('sallyport')

withRedis('what befalls a server', () => {
  const cleanup: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const each of cleanup.splice(0).toReversed()) await each()
  })

  async function started(config: RedisConfig = {}): Promise<{ readonly server: RedisServer; readonly stores: Stores; readonly raw: Redis }> {
    const server = await redisServer(config)
    return { server, ...opened(server) }
  }

  function opened(server: RedisServer): { readonly stores: Stores; readonly raw: Redis } {
    const raw = connect(server)
    const stores = redisStores({ client: connect(server), clock, deadlineMs: 1000 })
    cleanup.push(
      () => server.remove(),
      async () => raw.disconnect(),
      () => stores.close(),
    )
    return { stores, raw }
  }

  describe('restart', () => {
    it('after kill -9 nothing that was acknowledged is lost, and the same stores go on', async () => {
      const { server, stores } = await started(DURABLE)
      const user = newUser()
      const [ended, kept] = [newSession(user), newSession(user)]
      const token = newToken(user)
      await stores.users.create(user, identityOf(user))
      await stores.users.replace({ user: nextVersion(user), identity: identityOf(user, { passwordHash: 'new' }), attemptId: 'one' })
      await stores.sessions.create(ended)
      await stores.sessions.create(kept)
      await stores.sessions.end({ userId: user.id, sessionId: ended.id, secretHash: null })
      await stores.oneTimeTokens.issue(token)
      await stores.oneTimeTokens.consume({ ...token, attemptId: 'one' })
      await stores.keys.insert(newKey(1))
      await server.kill()
      await expect(stores.users.find(user.id)).rejects.toThrow(StoreUnavailableError)
      await server.start()
      await expect.poll(() => stores.users.find(user.id).catch(() => null), { timeout: 5000 }).toEqual(nextVersion(user))
      expect((await stores.users.findByIdentity(identityOf(user).key))?.identity.passwordHash).toBe('new')
      expect(await stores.sessions.find(user.id, ended.id)).toBeNull()
      expect(await stores.sessions.find(user.id, kept.id)).toEqual(kept)
      expect(await stores.oneTimeTokens.consume({ ...token, attemptId: 'two' })).toBeNull()
      expect(await stores.keys.list()).toHaveLength(1)
    })

    it('calls of two hundred clients survive it without an error, and no client connects more than a few times', async () => {
      const { server, raw } = await started(DURABLE)
      const clients = Array.from({ length: 200 }, () => redisStores({ client: connect(server), clock, deadlineMs: 5000 }))
      cleanup.push(() => Promise.all(clients.map((each) => each.close())))
      await Promise.all(clients.map((each) => each.users.find('nobody')))
      await server.kill()
      const waiting = Promise.all(clients.map((each) => each.users.find('nobody')))
      await server.start()
      expect(new Set(await waiting)).toEqual(new Set([null]))
      const received = /total_connections_received:(\d+)/.exec(await raw.info('stats'))?.[1]
      expect(Number(received)).toBeLessThan(3 * 200)
    })
  })

  it('scripts that were forgotten are taught again, in the middle of traffic', async () => {
    const { stores, raw } = await started()
    const users = Array.from({ length: 40 }, newUser)
    const outcomes = await Promise.all(
      users.flatMap((user, index) => [
        stores.sessions.create(newSession(user)).then(({ outcome }) => outcome),
        ...(index % 4 === 0 ? [raw.script('FLUSH')] : []),
        stores.users.create(user, identityOf(user)),
      ]),
    )
    expect(new Set(outcomes)).toEqual(new Set(['created', 'OK']))
  })

  it('with full memory nothing is half written, no sign-out is claimed that did not happen, and what frees memory works', async () => {
    const { stores, raw } = await started({ 'maxmemory-policy': 'noeviction' })
    const user = newUser()
    const [session, other] = [newSession(user), newSession(user)]
    const token = newToken(user)
    await stores.users.create(user, identityOf(user))
    await stores.sessions.create(session)
    await stores.sessions.create(other)
    await stores.oneTimeTokens.issue(token)
    await stores.keys.insert(newKey(1))
    const before = (await raw.keys('*')).toSorted()
    await raw.config('SET', 'maxmemory', '1')
    const late = newUser()
    const key = { userId: user.id, sessionId: session.id }
    const refused: readonly (() => Promise<unknown>)[] = [
      () => stores.users.create(late, identityOf(late)),
      () => stores.users.replace({ user: nextVersion(user), identity: null, attemptId: 'one' }),
      () => stores.sessions.create(newSession(user)),
      () => stores.sessions.rotate({ ...key, counter: 0, graceMs: 1000, idleExpiresAt: NOW + 1000 }),
      () => stores.sessions.prolong({ ...key, secretHash: session.secretHash!, idleExpiresAt: NOW + 1000 }),
      () => stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null }),
      () => stores.sessions.rewriteClaims(user.id, { ...session.claims, version: 2 }),
      () => stores.oneTimeTokens.issue(newToken(late)),
      () => stores.oneTimeTokens.consume({ ...token, attemptId: 'one' }),
      () => stores.counters.count([{ key: 'a', windowMs: 1000 }]),
      () => stores.keys.insert(newKey(2)),
      () => stores.keys.retire(1, NOW),
    ]
    for (const call of refused) await expect(call()).rejects.toThrow('Redis failed (OOM).')
    expect((await raw.keys('*')).toSorted()).toEqual(before)
    expect(await stores.sessions.find(user.id, session.id)).toEqual(session)
    expect((await stores.users.findByIdentity(identityOf(user).key))?.user).toEqual(user)

    expect(await stores.sessions.end({ ...key, secretHash: null })).toBe(true)
    expect(await stores.sessions.find(user.id, session.id)).toBeNull()
    await stores.oneTimeTokens.endAll(user.id)
    expect(await stores.users.delete(user.id)).toBe(true)
    await raw.config('SET', 'maxmemory', '0')
    expect(await stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })).toBe(1)
    expect((await raw.keys('*')).toSorted()).toEqual([keys.floor(user.id), keys.signingKeys].toSorted())
  })

  it('a server that stands still costs the deadline, and is used again when it goes on', async () => {
    const { server, stores } = await started()
    await stores.users.find('nobody')
    server.signal('SIGSTOP')
    const before = performance.now()
    await expect(stores.users.find('nobody')).rejects.toThrow(StoreUnavailableError)
    expect(performance.now() - before).toBeLessThan(1500)
    server.signal('SIGCONT')
    await expect.poll(() => stores.users.find('nobody').catch(() => 'failed'), { timeout: 5000 }).toBeNull()
  })

  describe('failover', () => {
    it('brings back what was ended but had not reached the replica, as the README says, and nothing else; a replica takes no writes before', async () => {
      const primary = await started()
      const link = await faultyWire(primary.server.port)
      cleanup.push(() => link.close())
      const replica = await started({ replicaof: `127.0.0.1 ${link.port}` })
      const user = newUser()
      const [early, late] = [newSession(user), newSession(user)]
      await expect.poll(() => replica.raw.info('replication'), { timeout: 10_000 }).toContain('master_link_status:up')
      await primary.stores.sessions.create(early)
      await primary.stores.sessions.create(late)
      await primary.stores.sessions.end({ userId: user.id, sessionId: early.id, secretHash: null })
      await expect.poll(() => replica.raw.exists(keys.session(user.id, late.id), keys.session(user.id, early.id))).toBe(1)

      link.hang()
      expect(await primary.stores.sessions.end({ userId: user.id, sessionId: late.id, secretHash: null })).toBe(true)
      await primary.server.kill()
      await expect(replica.stores.sessions.create(newSession(newUser()))).rejects.toThrow(StoreUnavailableError)
      await replica.raw.replicaof('NO', 'ONE')
      expect(await replica.stores.sessions.find(user.id, early.id)).toBeNull()
      expect(await replica.stores.sessions.find(user.id, late.id)).toEqual(late)
      expect(await replica.stores.sessions.endAll({ userId: user.id, floor: 2, except: null })).toBe(1)
    })

    it('with min-replicas-to-write a primary without replicas acknowledges nothing', async () => {
      const { stores } = await started({ 'min-replicas-to-write': '1' })
      await expect(stores.sessions.create(newSession(newUser()))).rejects.toThrow('Redis failed (NOREPLICAS).')
    })
  })

  it('a record that was written from outside is a failure, never an absence', async () => {
    const { stores, raw } = await started()
    const user = newUser()
    const session = newSession(user)
    await raw.set(keys.user(user.id), 'secret')
    await raw.lpush(keys.session(user.id, session.id), 'secret')
    for (const call of [
      stores.users.find(user.id),
      stores.sessions.find(user.id, session.id),
      stores.sessions.end({ userId: user.id, sessionId: session.id, secretHash: null }),
    ]) {
      const error: unknown = await call.catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(StoreUnavailableError)
      expect((error as Error).message).not.toContain('secret')
    }
  })

  it('a slot that moves to another node, some of its keys here and some there, loses no call and halves none', async () => {
    const nodes = await redisCluster()
    const cluster = connectCluster(nodes)
    const stores = redisStores({ client: cluster, clock })
    cleanup.push(
      () => Promise.all(nodes.map((node) => node.remove())),
      () => stores.close(),
    )
    const user = newUser()
    const sessions = Array.from({ length: 5 }, () => newSession(user))
    for (const session of sessions) await stores.sessions.create(session)
    const slot = await cluster.cluster('KEYSLOT', keys.floor(user.id))
    const raw = nodes.map(connect)
    cleanup.push(async () => raw.forEach((each) => each.disconnect()))
    const holding = await Promise.all(raw.map((each) => each.cluster('COUNTKEYSINSLOT', slot)))
    const from = holding.findIndex((count) => count > 0)
    const to = (from + 1) % 3
    const [fromId, toId] = await Promise.all([from, to].map((index) => raw[index]!.cluster('MYID')))
    const move = (...names: readonly string[]): Promise<unknown> =>
      raw[from]!.call('MIGRATE', ['127.0.0.1', String(nodes[to]!.port), '', '0', '5000', 'KEYS', ...names])
    await raw[to]!.call('CLUSTER', ['SETSLOT', String(slot), 'IMPORTING', String(fromId)])
    await raw[from]!.call('CLUSTER', ['SETSLOT', String(slot), 'MIGRATING', String(toId)])
    await move(keys.sessions(user.id), keys.session(user.id, sessions[0]!.id))

    const late = newSession(user)
    const under = Promise.all([
      stores.sessions.rotate({ userId: user.id, sessionId: sessions[1]!.id, counter: 0, graceMs: 10_000, idleExpiresAt: NOW + 1000 }),
      stores.sessions.create(late),
      stores.sessions.find(user.id, sessions[0]!.id),
      stores.sessions.end({ userId: user.id, sessionId: sessions[2]!.id, secretHash: null }),
    ])
    const rest = await raw[from]!.call('CLUSTER', ['GETKEYSINSLOT', String(slot), '100'])
    await move(...(rest as string[]))
    for (const each of raw) await each.call('CLUSTER', ['SETSLOT', String(slot), 'NODE', String(toId)])
    const [rotated, created, found, ended] = await under
    expect([rotated.outcome, created.outcome, found, ended]).toEqual(['rotated', 'created', sessions[0], true])
    expect(await stores.sessions.endAll({ userId: user.id, floor: 2, except: null })).toBe(5)
    expect(await raw[from]!.cluster('COUNTKEYSINSLOT', slot)).toBe(0)
  })

  it('a cluster whose node dies fails for the users of that node only, and serves all when it is back', async () => {
    const nodes = await redisCluster({ ...DURABLE, 'cluster-require-full-coverage': 'no' })
    const stores = redisStores({ client: connectCluster(nodes), clock })
    cleanup.push(
      () => Promise.all(nodes.map((node) => node.remove())),
      () => stores.close(),
    )
    const sessions = Array.from({ length: 30 }, () => newSession(newUser()))
    await Promise.all(sessions.map((session) => stores.sessions.create(session)))
    await nodes[1]!.kill()
    const found = await Promise.allSettled(sessions.map((session) => stores.sessions.find(session.userId, session.id)))
    const failed = found.filter(({ status }) => status === 'rejected')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.length).toBeLessThan(30)
    for (const each of failed) expect(each).toMatchObject({ reason: { code: 'store-unavailable' } })
    for (const [index, each] of found.entries()) if (each.status === 'fulfilled') expect(each.value).toEqual(sessions[index])
    await nodes[1]!.start()
    const all = (): Promise<unknown> => Promise.all(sessions.map((session) => stores.sessions.find(session.userId, session.id))).catch(() => 'failed')
    await expect.poll(all, { timeout: 10_000 }).toEqual(sessions)
  })

  it('what failed while the whole cluster was away is not done later', async () => {
    const nodes = await redisCluster(DURABLE)
    const stores = redisStores({ client: connectCluster(nodes), clock, deadlineMs: 500 })
    cleanup.push(
      () => Promise.all(nodes.map((node) => node.remove())),
      () => stores.close(),
    )
    await stores.keys.list()
    await Promise.all(nodes.map((node) => node.kill()))
    const hits = Array.from({ length: 12 }, (_, index) => ({ key: `key-${index}`, windowMs: 1000 }))
    await expect(stores.counters.count(hits)).rejects.toThrow(StoreUnavailableError)
    await Promise.all(nodes.map((node) => node.start()))
    await expect.poll(() => stores.keys.list().catch(() => 'failed'), { timeout: 15_000 }).toEqual([])
    expect((await stores.counters.count(hits)).map(({ count }) => count)).toEqual(hits.map(() => 1))
  })
})
