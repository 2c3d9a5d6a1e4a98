import { ConfigurationError, InvariantError, StoreUnavailableError } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { newIdentity, newUser, NOW } from '../testing/samples.ts'
import type { DatastoreClient } from './datastore-client.ts'
import { datastoreStores } from './datastore-stores.ts'
import { openDatastoreClient } from './open-datastore-client.ts'

const clock = { now: () => NOW }

/** A client whose every request does the same. */
function client(work: () => Promise<never>): DatastoreClient {
  return { lookup: work, runQuery: work, commit: work, close: async () => {} }
}
const failing = (reason: Error): DatastoreClient =>
  client(async () => {
    throw reason
  })

describe('options', () => {
  it.each([
    { projectId: '' },
    { namespace: 'a b' },
    { namespace: 'n'.repeat(101) },
    { deadlineMs: 99 },
    { deadlineMs: 30_001 },
    { deadlineMs: 1000.5 },
    { callTimeoutMs: 0 },
    { deadlineMs: 1000, callTimeoutMs: 1001 },
  ])('%o is refused', (options) => {
    expect(() => datastoreStores({ client: failing(new Error('unused')), clock, projectId: 'project', ...options })).toThrow(ConfigurationError)
  })
})

describe('openDatastoreClient', () => {
  const emulator = { DATASTORE_EMULATOR_HOST: '127.0.0.1:8081' }

  it('refuses an emulator in production', async () => {
    const opening = openDatastoreClient({ projectId: 'project', environment: { ...emulator, NODE_ENV: 'production' } })
    await expect(opening).rejects.toThrow(ConfigurationError)
    await expect(opening).rejects.toThrow(/DATASTORE_EMULATOR_HOST is set in production/)
  })

  it.each(['localhost', 'http://localhost:8081', 'localhost:port', ':8081', 'a b:1'])('refuses %s as an address', async (address) => {
    await expect(openDatastoreClient({ projectId: 'project', environment: { DATASTORE_EMULATOR_HOST: address } })).rejects.toThrow(ConfigurationError)
  })

  it('gives a client that does nothing until it is asked', async () => {
    const environments = [emulator, { DATASTORE_EMULATOR_HOST: '[::1]:8081' }, { DATASTORE_EMULATOR_HOST: '' }, { NODE_ENV: 'production' }]
    for (const environment of environments) await (await openDatastoreClient({ projectId: 'project', environment })).close()
  })
})

describe('failures', () => {
  const stores = (broken: DatastoreClient) => datastoreStores({ client: broken, clock, projectId: 'project', deadlineMs: 200, callTimeoutMs: 100 })
  const grpc = (code: number): Error => Object.assign(new Error('from the wire'), { code })

  it.each([3, 11, 12])('status %i is our mistake', async (code) => {
    await expect(stores(failing(grpc(code))).users.find('user')).rejects.toBeInstanceOf(InvariantError)
  })

  // As the answer to a read 5 and 9 mean a database that is missing or of another kind.
  it.each([1, 2, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16])('status %i is an outage, with the cause', async (code) => {
    const cause = grpc(code)
    await expect(stores(failing(cause)).users.find('user')).rejects.toMatchObject({ code: 'store-unavailable', cause })
  })

  it.each([
    new Error('no credentials'),
    new TypeError('a bug of the client'),
    Object.assign(new Error('x'), { code: 'ENOTFOUND' }),
    'text',
    undefined,
  ])('%s from the client is an outage, with the cause, at once', async (cause) => {
    const user = newUser('user')
    await expect(stores(failing(cause as Error)).users.create(user, newIdentity(user))).rejects.toMatchObject({ code: 'store-unavailable', cause })
  })

  it.each([
    [14, 4],
    [8, 4],
    [7, 1],
  ])('status %i is tried %i times at most', async (code, most) => {
    let tries = 0
    const counting = client(async () => {
      tries += 1
      throw grpc(code)
    })
    const patient = datastoreStores({ client: counting, clock, projectId: 'project', deadlineMs: 10_000 })
    await expect(patient.users.find('user')).rejects.toBeInstanceOf(StoreUnavailableError)
    expect(tries).toBe(most)
  })

  it('a client that never answers is left alone at the deadline', async () => {
    const start = performance.now()
    const hanging = stores(client(() => new Promise(() => {})))
    const calls = [hanging.users.find('user'), hanging.keys.list(), hanging.counters.count([{ key: 'key', windowMs: 1000 }])]
    for (const each of await Promise.allSettled(calls)) expect(each).toMatchObject({ reason: expect.any(StoreUnavailableError) as unknown })
    expect(performance.now() - start).toBeLessThan(1500)
  })

  it('a part of a commit that was kept is no success', async () => {
    const partial: DatastoreClient = {
      ...failing(new Error('unused')),
      commit: async () => [{ mutationResults: [{ conflictDetected: false }, { conflictDetected: true }] }],
    }
    const user = newUser('user')
    await expect(stores(partial).users.create(user, newIdentity(user))).rejects.toBeInstanceOf(InvariantError)
  })

  it('a limit that is none is refused', async () => {
    const { users, sessions } = stores(failing(new Error('unused')))
    for (const limit of [0, 101, 1.5, Number.NaN]) {
      await expect(users.list({ limit, cursor: null })).rejects.toBeInstanceOf(InvariantError)
      await expect(sessions.list({ userId: 'user', limit, cursor: null })).rejects.toBeInstanceOf(InvariantError)
    }
  })
})
