import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { connect, kept, PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { OPERATIONS } from '../testing/operations.ts'
import { newSession, newUser, NOW } from '../testing/samples.ts'
import type { CallOptions, DatastoreClient } from './datastore-client.ts'
import { datastoreStores } from './datastore-stores.ts'

/** Counts requests, and entities as Datastore bills them: read (a look-up that finds nothing counts too), and written or deleted by a commit that landed. */
function counted(client: DatastoreClient): {
  client: DatastoreClient
  bill: { requests: string[]; read: number; written: number; options: CallOptions[] }
} {
  const bill = { requests: [] as string[], read: 0, written: 0, options: [] as CallOptions[] }
  const noted = (request: string, options: CallOptions): void => {
    bill.requests.push(request)
    bill.options.push(options)
  }
  return {
    bill,
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

  it('ending 250 sessions takes two requests for each hundred', async () => {
    const common = { clock: { now: () => NOW }, projectId: PROJECT, namespace: randomUUID() }
    const user = newUser(randomUUID())
    const others = datastoreStores({ ...common, client: kept(client) })
    await Promise.all(Array.from({ length: 250 }, (_, index) => others.sessions.create(newSession(user, `session-${index}`))))
    const { client: counting, bill } = counted(client)
    const stores = datastoreStores({ ...common, client: counting })
    expect(await stores.sessions.endAll({ userId: user.id, floor: 2, except: 'session-7' })).toBe(249)
    expect(bill.requests).toEqual(['Lookup', 'Commit', ...Array.from({ length: 3 }, () => ['RunQuery', 'Commit']).flat()])
    expect((await others.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions.map(({ id }) => id)).toEqual(['session-7'])
  })
})
