import { createHash, randomUUID } from 'node:crypto'
import { ConfigurationError, HOUR, StoreUnavailableError } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { connect, kept, PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { rawEntities } from '../testing/raw-entities.ts'
import { newIdentity, newKey, newSession, newToken, newUser, NOW } from '../testing/samples.ts'
import type { DatastoreClient, Mutation } from './datastore-client.ts'
import { datastoreStores } from './datastore-stores.ts'
import { EXPIRING_KINDS } from './keyspace.ts'
import { verifyDatastore } from './verify-datastore.ts'

const clock = { now: () => NOW }

async function opened(address: string) {
  const client = await connect({ address })
  const namespace = randomUUID()
  const stores = datastoreStores({ client, clock, projectId: PROJECT, namespace })
  return { client, namespace, stores, raw: rawEntities({ client, projectId: PROJECT, namespace }) }
}

// The older Datastore, told to show what was written to key look-ups and ancestor queries only: whatever decides by another query is found out.
await withEmulator(
  'datastore',
  'that no decision rests on a stale query',
  ({ address }) => {
    it('every answer but the list of users is right where queries are stale', async () => {
      const { stores, raw } = await opened(address)
      const user = newUser(randomUUID())
      const sessions = Array.from({ length: 30 }, (_, index) => newSession(user, `session-${index}`))
      expect(await stores.users.create(user, newIdentity(user))).toBe('created')
      expect(await stores.users.findByIdentity(newIdentity(user).key)).toEqual({ user, identity: newIdentity(user) })
      for (const session of sessions) await stores.sessions.create(session)
      expect((await stores.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions).toHaveLength(30)
      // A plain query does not see all of it: the test tests something.
      expect((await raw.all()).length).toBeLessThan(34)
      await stores.sessions.rewriteClaims(user.id, { ...sessions[0]!.claims, version: 2 })
      for (const { id } of sessions) expect((await stores.sessions.find(user.id, id))?.claims.version).toBe(2)
      expect(await stores.sessions.endAll({ userId: user.id, floor: 2, except: null })).toBe(30)
      for (const { id } of sessions) expect(await stores.sessions.find(user.id, id)).toBeNull()
      for (const generation of [2, 10, 1]) await stores.keys.insert(newKey(generation, `kid-${generation}`))
      expect((await stores.keys.list()).map(({ generation }) => generation)).toEqual([1, 2, 10])
      await stores.close()
    })
  },
  { consistency: 0 },
)

await withEmulator('datastore', 'what is stored', ({ address }) => {
  it('no property is indexed, text may be long, and what expires says when', async () => {
    const { stores, raw } = await opened(address)
    const user = newUser(randomUUID(), { name: 'n'.repeat(1600), attributes: { text: 'x'.repeat(1000) } })
    await stores.users.create(user, newIdentity(user, { passwordHash: 'h'.repeat(1600) }))
    await stores.sessions.create(
      newSession(user, 'session', { idleExpiresAt: NOW + 1.5 * HOUR + 7, client: { userAgent: '名'.repeat(1600), network: null } }),
    )
    await stores.oneTimeTokens.issue(newToken(user, { payload: 'p'.repeat(1600) }))
    await stores.counters.count([{ key: 'key', windowMs: HOUR }])
    await stores.keys.insert({ ...newKey(1, 'kid'), wrappedPrivateKey: 'w'.repeat(4000) })
    expect(await stores.users.findByIdentity(newIdentity(user).key)).toEqual({
      user,
      identity: newIdentity(user, { passwordHash: 'h'.repeat(1600) }),
    })
    const entities = await raw.all()
    expect(entities.flatMap(({ indexed }) => indexed)).toEqual([])
    const expiry = Object.fromEntries(entities.map(({ kind, expireAt }) => [kind, expireAt]))
    expect(expiry).toEqual({
      SallyportUser: null,
      SallyportIdentity: null,
      SallyportSessionFloor: null,
      SallyportSessionPermit: null,
      SallyportSession: NOW + 1.5 * HOUR + 7,
      SallyportOneTimeToken: NOW + HOUR,
      SallyportCounter: (Math.floor(NOW / HOUR) + 1) * HOUR,
      SallyportSigningKey: null,
    })
    expect(Object.keys(expiry)).toEqual(expect.arrayContaining([...EXPIRING_KINDS]))
    const hash = createHash('sha256').update(newIdentity(user).key).digest('base64url')
    expect(entities.map(({ text }) => text.split(' ')[0])).toContain(`SallyportIdentity:${hash}`)
    await stores.close()
  })

  it('an entity that is not ours is an outage with nothing of it in the message', async () => {
    const { stores, client, namespace } = await opened(address)
    const user = newUser(randomUUID())
    await stores.users.create(user, newIdentity(user))
    const spoil = (text: string): DatastoreClient => ({
      ...kept(client),
      lookup: async (request, options) => {
        const [answer] = await client.lookup(request, options)
        for (const { entity } of answer.found ?? []) entity!.properties = { record: { stringValue: text } }
        return [answer]
      },
    })
    for (const text of ['', 'secret', '"secret"', 'null', '{"secret":']) {
      const spoilt = datastoreStores({ client: spoil(text), clock, projectId: PROJECT, namespace })
      const error: unknown = await spoilt.users.find(user.id).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(StoreUnavailableError)
      expect(String(error)).toBe('StoreUnavailableError: An entity of kind SallyportUser cannot be read: it was changed from outside or is damaged.')
    }
    await stores.close()
  })

  it('reads on where Datastore stops early, in look-ups and in queries', async () => {
    const { stores, client, namespace } = await opened(address)
    const user = newUser(randomUUID())
    for (let index = 0; index < 7; index += 1) await stores.sessions.create(newSession(user, `session-${index}`))
    let parts = 0
    const early: DatastoreClient = {
      ...kept(client),
      lookup: async (request, options) => {
        parts += 1
        const [first, ...deferred] = request.keys
        const [answer] = await client.lookup({ ...request, keys: [first!] }, options)
        return [{ ...answer, deferred }]
      },
      runQuery: async (request, options) => {
        parts += 1
        const [answer] = await client.runQuery(
          { ...request, query: { ...request.query, limit: { value: Math.min(2, request.query.limit.value) } } },
          options,
        )
        const isDone = (answer.batch?.entityResults?.length ?? 0) < 2
        return [{ batch: { ...answer.batch, moreResults: isDone ? 'NO_MORE_RESULTS' : 'NOT_FINISHED' } }]
      },
    }
    const partly = datastoreStores({ client: early, clock, projectId: PROJECT, namespace })
    expect((await partly.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions).toHaveLength(7)
    // The first after a change of password: a look-up of the floor and of the session.
    await stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
    expect(await partly.sessions.create(newSession({ ...user, credentialsVersion: 2 }, 'another'))).toEqual({ outcome: 'created', floor: 2 })
    const hits = ['a', 'b', 'c'].map((key) => ({ key, windowMs: HOUR }))
    await stores.counters.count(hits)
    expect((await partly.counters.count(hits)).map(({ count }) => count)).toEqual([2, 2, 2])
    expect(parts).toBe(4 + 2 + 3)
    await stores.close()
  })

  it('says so after close, which may be called twice', async () => {
    const { stores } = await opened(address)
    await stores.close()
    await stores.close()
    await expect(stores.users.find('user')).rejects.toThrow(new StoreUnavailableError('The Datastore store is closed.'))
    await expect(stores.oneTimeTokens.endAll('user')).rejects.toThrow('closed')
  })

  describe('verifyDatastore', () => {
    it('is content with a database that keeps the condition, and leaves nothing', async () => {
      const { client, namespace, raw } = await opened(address)
      await verifyDatastore({ client, projectId: PROJECT, namespace })
      expect(await raw.all()).toEqual([])
      await client.close()
    })

    it.each<[string, (mutation: Mutation) => Mutation]>([
      [
        'a version that is gone',
        (mutation) => {
          const { baseVersion, conflictResolutionStrategy, ...unconditional } = mutation
          return baseVersion === undefined && conflictResolutionStrategy === undefined ? mutation : unconditional
        },
      ],
      ['an entity that is gone', (mutation) => ('update' in mutation && mutation.baseVersion === undefined ? { upsert: mutation.update } : mutation)],
    ])('refuses one that writes over %s', async (_, heed) => {
      const { client, namespace } = await opened(address)
      const heedless: DatastoreClient = {
        ...kept(client),
        commit: (request, options) => client.commit({ ...request, mutations: request.mutations.map(heed) }, options),
      }
      await expect(verifyDatastore({ client: heedless, projectId: PROJECT, namespace })).rejects.toBeInstanceOf(ConfigurationError)
      await client.close()
    })
  })
})
