import { HOUR, MINUTE, type Stores } from '@sallyport/core'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, withRedis } from '../testing/harness.ts'
import { redisServer, type RedisServer } from '../testing/redis-server.ts'
import { identityOf, newKey, newSession, newToken, newUser, nextVersion, NOW } from '../testing/samples.ts'
import type { RedisClient } from './redis-client.ts'
import { redisStores } from './redis-stores.ts'

/** A client that counts: commands sent, and round trips, which are times that something was sent while nothing was under way. */
function counting(client: Redis): {
  readonly client: RedisClient
  readonly spent: () => { readonly commands: readonly string[]; readonly roundTrips: number }
} {
  let commands: string[] = []
  let roundTrips = 0
  let underWay = 0
  return {
    client: {
      async call(command, args) {
        commands.push(command)
        if (underWay++ === 0) roundTrips++
        return client.call(command, args).finally(() => underWay--)
      },
      quit: () => client.quit(),
      disconnect: () => client.disconnect(),
    },
    spent() {
      const result = { commands, roundTrips }
      commands = []
      roundTrips = 0
      return result
    },
  }
}

withRedis('the cost of a call', () => {
  let server: RedisServer
  let stores: Stores
  let counter: ReturnType<typeof counting>
  beforeAll(async () => {
    server = await redisServer()
    counter = counting(connect(server))
    stores = redisStores({ client: counter.client, clock: { now: () => NOW } })
  })
  afterAll(async () => {
    await stores.close()
    await server.remove()
  })

  const user = newUser()
  const session = newSession(user)
  const token = newToken(user)
  const key = { userId: user.id, sessionId: session.id }
  const one = (command: string): readonly string[] => [command]
  const script = one('EVALSHA')
  const minute = { key: 'a', windowMs: MINUTE }
  const many = newUser()

  const CALLS: readonly (readonly [name: string, run: () => Promise<unknown>, commands: readonly string[], roundTrips?: number])[] = [
    ['users.create', () => stores.users.create(user, identityOf(user)), script],
    ['users.find', () => stores.users.find(user.id), one('GET')],
    ['users.findByIdentity', () => stores.users.findByIdentity(identityOf(user).key), one('GET')],
    ['users.identities', () => stores.users.identities(user.id), one('GET')],
    ['users.replace', () => stores.users.replace({ user: nextVersion(user), identity: null, attemptId: 'one' }), script],
    ['users.list', () => stores.users.list({ limit: 10, cursor: null }), ['ZRANGE', 'MGET'], 2],
    ['sessions.create', () => stores.sessions.create(session), script],
    ['sessions.find', () => stores.sessions.find(user.id, session.id), one('GET')],
    ['sessions.rotate', () => stores.sessions.rotate({ ...key, counter: 0, graceMs: 1000, idleExpiresAt: NOW + HOUR }), script],
    ['sessions.prolong', () => stores.sessions.prolong({ ...key, secretHash: session.secretHash!, idleExpiresAt: NOW + HOUR }), script],
    ['sessions.list', () => stores.sessions.list({ userId: user.id, limit: 10, cursor: null }), ['ZRANGE', 'MGET'], 2],
    ['sessions.rewriteClaims', () => stores.sessions.rewriteClaims(user.id, { ...session.claims, version: 2 }), [...script, ...script], 2],
    ['sessions.end', () => stores.sessions.end({ ...key, secretHash: null }), script],
    ['sessions.endAll of none', () => stores.sessions.endAll({ userId: user.id, floor: 2, except: null }), script],
    ['sessions.endAll of sixty', () => stores.sessions.endAll({ userId: many.id, floor: 2, except: null }), [...script, ...script], 2],
    ['oneTimeTokens.issue', () => stores.oneTimeTokens.issue(token), script],
    ['oneTimeTokens.consume', () => stores.oneTimeTokens.consume({ ...token, attemptId: 'one' }), script],
    ['oneTimeTokens.endAll', () => stores.oneTimeTokens.endAll(user.id), one('DEL')],
    ['counters.count of three', () => stores.counters.count([minute, minute, { key: 'b', windowMs: HOUR }]), script],
    ['keys.insert', () => stores.keys.insert(newKey(1)), script],
    ['keys.list', () => stores.keys.list(), one('HGETALL')],
    ['keys.promote', () => stores.keys.promote(1, NOW - 1), script],
    ['keys.retire', () => stores.keys.retire(1, NOW), script],
    ['users.delete', () => stores.users.delete(user.id), [...script, ...script], 2],
  ]

  it('is one command in one round trip, but for pages and deletion', async () => {
    for (let index = 0; index < 60; index++) await stores.sessions.create(newSession(many))
    // Once through, so that Redis knows every script.
    for (const [, run] of CALLS) await run()
    await stores.users.create(user, identityOf(user))
    for (let index = 0; index < 60; index++) await stores.sessions.create(newSession(many, { credentialsVersion: 2 }))
    await forgetUser()
    counter.spent()
    const found: unknown[] = []
    for (const [name, run] of CALLS) {
      await run()
      found.push([name, counter.spent()])
    }
    expect(found).toEqual(CALLS.map(([name, , commands, roundTrips = 1]) => [name, { commands, roundTrips }]))
  })

  /** Of the first pass: under the raised floor the sample session could not be created again. */
  async function forgetUser(): Promise<void> {
    const raw = connect(server)
    await raw.del(...(await raw.keys(`*{${user.id}}*`)))
    await raw.quit()
  }
})
