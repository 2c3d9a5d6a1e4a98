import { randomUUID } from 'node:crypto'
import { HOUR, type Stores } from '@sallyport/core'
import { expect, it } from 'vitest'
import { connect, kept, PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import type { Operation } from '../testing/operation.ts'
import { OPERATIONS } from '../testing/operations.ts'
import { newIdentity, newSession, newUser, NOW } from '../testing/samples.ts'
import type { CallOptions, DatastoreClient } from './datastore-client.ts'
import { datastoreStores } from './datastore-stores.ts'

/** Counts requests, and entities as Datastore bills them: read (a look-up that finds nothing counts too), and written or deleted by a commit that landed. */
function counted(client: DatastoreClient): {
  client: DatastoreClient
  bill: { requests: string[]; read: number; written: number; options: CallOptions[] }
  clear: () => void
} {
  const bill = { requests: [] as string[], read: 0, written: 0, options: [] as CallOptions[] }
  const noted = (request: string, options: CallOptions): void => {
    bill.requests.push(request)
    bill.options.push(options)
  }
  return {
    bill,
    clear: () => Object.assign(bill, { requests: [], read: 0, written: 0, options: [] }),
    client: {
      ...kept(client),
      lookup(request, options) {
        noted('Lookup', options)
        bill.read += request.keys.length
        return client.lookup(request, options)
      },
      async runQuery(request, options) {
        noted('RunQuery', options)
        const answer = await client.runQuery(request, options)
        bill.read += answer[0].batch?.entityResults?.length ?? 0
        return answer
      },
      async commit(request, options) {
        noted('Commit', options)
        const answer = await client.commit(request, options)
        bill.written += request.mutations.length
        return answer
      },
    },
  }
}

type Call = (stores: Stores) => Promise<unknown>

/** Of the instance that is asked, and of another one before that. */
interface Calls {
  readonly given?: readonly Call[]
  readonly meanwhile?: readonly Call[]
  readonly run: Call
}

const both =
  (first: Call, second: Call): Call =>
  async (stores) => {
    await first(stores)
    return second(stores)
  }

await withEmulator('datastore', 'what each call costs', async ({ address }) => {
  const client = await connect({ address })

  it.each(OPERATIONS)('$name costs $cost', async ({ name, given, run, cost }) => {
    const namespace = randomUUID()
    const common = { clock: { now: () => NOW }, projectId: PROJECT, namespace }
    const subject = { user: newUser(randomUUID()), generation: 1 }
    const others = datastoreStores({ ...common, client: kept(client) })
    await given(others, subject)
    if (name === 'users.list') await given(others, { ...subject, user: newUser(randomUUID()) })
    const { client: counting, bill } = counted(client)
    await run(datastoreStores({ ...common, client: counting }), subject)
    expect([bill.requests.join(' '), bill.read, bill.written]).toEqual(cost)
    // The client's own retries, which know nothing of what is safe to repeat, are off in every request.
    for (const { timeout, retry } of bill.options) expect([retry, timeout]).toEqual([null, 2000])
  })

  const user = newUser('user')
  const session = newSession(user, 'session')
  const key = { userId: user.id, sessionId: session.id, secretHash: null }
  const signIn = (stores: Stores): Promise<unknown> => stores.sessions.create(session)
  const rotate =
    (counter: number) =>
    async (stores: Stores): Promise<unknown> =>
      (await stores.sessions.rotate({ ...key, counter, graceMs: HOUR, idleExpiresAt: NOW + 2 * HOUR })).outcome
  const prolong = (stores: Stores): Promise<unknown> =>
    stores.sessions.prolong({ ...key, secretHash: session.secretHash ?? '', idleExpiresAt: NOW + 2 * HOUR })
  const end = (stores: Stores): Promise<unknown> => stores.sessions.end(key)
  const find = (stores: Stores): Promise<unknown> => stores.sessions.find(user.id, session.id)
  const register = (stores: Stores): Promise<unknown> => stores.users.create(user, newIdentity(user))
  const count = (stores: Stores): Promise<unknown> => stores.counters.count(['account', 'network'].map((name) => ({ key: name, windowMs: HOUR })))
  const rewriteClaims = (stores: Stores): Promise<unknown> => stores.sessions.rewriteClaims(user.id, { ...session.claims, version: 2 })

  it.each<[name: string, calls: Calls, cost: Operation['cost']]>([
    ['the first sign-in of whom it registered', { given: [register], run: signIn }, ['Commit', 0, 3]],
    [
      'the second sign-in of whom it registered',
      { given: [register, signIn], run: (stores) => stores.sessions.create(newSession(user, 'other')) },
      ['Commit', 0, 2],
    ],
    ['a refresh of a session that it created', { given: [signIn], run: rotate(0) }, ['Commit', 0, 1]],
    [
      'a refresh of a second session that it created',
      { given: [(stores) => stores.sessions.create(newSession(user, 'other')), signIn], run: rotate(0) },
      ['Commit', 0, 1],
    ],
    ['a refresh of a session that it refreshed', { given: [signIn, rotate(0)], run: rotate(1) }, ['Commit', 0, 1]],
    ['a refresh with a token that it has seen used', { given: [signIn, rotate(0)], run: rotate(0) }, ['Lookup', 1, 0]],
    ['a refresh of a session that another has refreshed', { given: [signIn], meanwhile: [rotate(0)], run: rotate(1) }, ['Lookup Commit', 1, 1]],
    ['a refresh after another has changed a role', { given: [signIn], meanwhile: [rewriteClaims], run: rotate(0) }, ['Commit Lookup Commit', 1, 1]],
    ['a prolongation of a session that it checked', { meanwhile: [signIn], run: both(find, prolong) }, ['Lookup Commit', 1, 1]],
    ['a sign-out of a session that it created', { given: [signIn], run: end }, ['Commit', 0, 1]],
    ['a sign-out of a session that another has refreshed', { given: [signIn], meanwhile: [rotate(0)], run: end }, ['Commit Lookup Commit', 1, 1]],
    ['a check of a session that it created', { given: [signIn], run: find }, ['Lookup', 1, 0]],
    ['the second hits of a window', { given: [count], run: count }, ['Commit Lookup', 2, 2]],
    ['hits that follow those of another', { given: [count], meanwhile: [count], run: count }, ['Commit Lookup Commit', 2, 2]],
  ])('on an instance that knows something, %s', async (_, { given = [], meanwhile = [], run }, cost) => {
    const common = { clock: { now: () => NOW }, projectId: PROJECT, namespace: randomUUID() }
    const { client: counting, bill, clear } = counted(client)
    const stores = datastoreStores({ ...common, client: counting })
    const others = datastoreStores({ ...common, client: kept(client) })
    for (const call of given) await call(stores)
    for (const call of meanwhile) await call(others)
    clear()
    await run(stores)
    expect([bill.requests.join(' '), bill.read, bill.written]).toEqual(cost)
  })

  it('ending 250 sessions takes two requests for each hundred', async () => {
    const common = { clock: { now: () => NOW }, projectId: PROJECT, namespace: randomUUID() }
    const owner = newUser(randomUUID())
    const others = datastoreStores({ ...common, client: kept(client) })
    for (let from = 0; from < 250; from += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => others.sessions.create(newSession(owner, `session-${from + index}`))))
    }
    const { client: counting, bill } = counted(client)
    const stores = datastoreStores({ ...common, client: counting })
    expect(await stores.sessions.endAll({ userId: owner.id, floor: 2, except: 'session-7' })).toBe(249)
    expect(bill.requests).toEqual(['Lookup', 'Commit', ...Array.from({ length: 3 }, () => ['RunQuery', 'Commit']).flat()])
    expect((await others.sessions.list({ userId: owner.id, limit: 100, cursor: null })).sessions.map(({ id }) => id)).toEqual(['session-7'])
  })
})
