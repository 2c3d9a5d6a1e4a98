import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { InvariantError, StoreUnavailableError, type Stores } from '@sallyport/core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { connect, kept, PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { faultyWire, freshNamespace, status, type Fault, type Method } from '../testing/faulty-wire.ts'
import type { Operation, Subject } from '../testing/operation.ts'
import { OPERATIONS } from '../testing/operations.ts'
import { newIdentity, newSession, newToken, newUser, NOW } from '../testing/samples.ts'
import { datastoreStores } from './datastore-stores.ts'

const { ABORTED, DEADLINE_EXCEEDED, INTERNAL, INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE } = status
/** Long enough for all operations at once on a busy machine, short enough to wait for. */
const PATIENT = { callTimeoutMs: 600, deadlineMs: 4500 }
const HASTY = { callTimeoutMs: 300, deadlineMs: 900 }
const SLACK_MS = 1000
const clock = { now: () => NOW }

interface Opened {
  readonly stores: Stores
  /** The same data, past the faults. */
  readonly others: Stores
  readonly subject: Subject
}

await withEmulator('datastore', 'faults between the store and the Datastore emulator', async ({ address }) => {
  const wire = await faultyWire(address)
  const [broken, direct] = [await connect(wire), await connect({ address })]
  // The first call makes the connection, which takes longer than these tests allow.
  for (const client of [broken, direct]) await datastoreStores({ client, clock, projectId: PROJECT }).users.find('nobody')
  afterEach(() => wire.mend())
  afterAll(async () => {
    await Promise.all([broken.close(), direct.close()])
    wire.close()
  })

  /** A namespace of its own. */
  function opened(limits = PATIENT): Opened {
    const common = { clock, projectId: PROJECT, namespace: freshNamespace() }
    return {
      stores: datastoreStores({ ...common, ...limits, client: kept(broken) }),
      others: datastoreStores({ ...common, client: kept(direct) }),
      subject: { user: newUser(randomUUID()), generation: 1 },
    }
  }

  /** All of them at once, each on data of its own. */
  async function trials(operations: readonly Operation[], limits = PATIENT): Promise<readonly (Opened & { readonly operation: Operation })[]> {
    const prepared = operations.map((operation) => ({ operation, ...opened(limits) }))
    await Promise.all(prepared.map(({ operation, others, subject }) => operation.given(others, subject)))
    return prepared
  }

  const byName = <T>(operations: readonly Operation[], values: readonly T[]): Record<string, T | undefined> =>
    Object.fromEntries(operations.map(({ name }, index) => [name, values[index]]))
  const answers = byName(
    OPERATIONS,
    OPERATIONS.map(({ answer }) => answer),
  )

  async function expectRight(choose: (method: Method, index: number) => Fault | null): Promise<void> {
    const prepared = await trials(OPERATIONS)
    wire.break(choose)
    const told = await Promise.all(prepared.map(({ operation, stores, subject }) => operation.run(stores, subject).catch((error: unknown) => error)))
    wire.mend()
    expect(byName(OPERATIONS, told)).toEqual(answers)
    const held = prepared.map(async ({ operation, others, subject }) => operation.holds === undefined || operation.holds(others, subject))
    expect(byName(OPERATIONS, await Promise.all(held))).toEqual(
      byName(
        OPERATIONS,
        OPERATIONS.map(() => true),
      ),
    )
  }

  describe('every operation gives the right answer', () => {
    it.each([
      ['fails on the way there', { before: UNAVAILABLE }],
      ['is aborted', { before: ABORTED }],
      ['is throttled', { before: RESOURCE_EXHAUSTED }],
      ['is done and the answer lost', { after: UNAVAILABLE }],
      ['is done and the server fails', { after: INTERNAL }],
      ['is done and the time is up', { after: DEADLINE_EXCEEDED }],
      ['hangs', { hang: 'before' }],
      ['is done and hangs', { hang: 'after' }],
      ['is slow', { slowMs: 200 }],
    ] satisfies [string, Fault][])('when the first request of each kind %s', async (_, fault) => {
      await expectRight((_method, index) => (index === 0 ? fault : null))
    })

    it('when five commits in a row are aborted', async () => {
      await expectRight((method, index) => (method === 'Commit' && index < 5 ? { before: ABORTED } : null))
    })
  })

  it.each([
    ['down', { before: UNAVAILABLE }],
    ['hanging', { hang: 'before' }],
    ['throttled', { before: RESOURCE_EXHAUSTED }],
    ['nothing but contention', { before: ABORTED }],
    ['closed to us', { before: PERMISSION_DENIED }],
  ] satisfies [string, Fault][])('every operation says within the deadline that Datastore is %s, and is done when asked again', async (_, fault) => {
    const prepared = await trials(OPERATIONS, HASTY)
    wire.break(() => fault)
    const start = performance.now()
    const failures = await Promise.all(
      prepared.map(({ operation, stores, subject }) => operation.run(stores, subject).catch((error: unknown) => error)),
    )
    expect(performance.now() - start).toBeLessThan(HASTY.deadlineMs + SLACK_MS)
    const told = failures.map((failure) => failure instanceof StoreUnavailableError && failure.cause !== undefined)
    expect(byName(OPERATIONS, told)).toEqual(
      byName(
        OPERATIONS,
        OPERATIONS.map(() => true),
      ),
    )
    wire.mend()
    const again = []
    for (const { operation, stores, subject } of prepared) again.push(await operation.run(stores, subject))
    expect(byName(OPERATIONS, again)).toEqual(answers)
  })

  describe('what must not be believed', () => {
    it('an end that did not land is no success, and the session lives until one does', async () => {
      const { stores, others, subject } = opened()
      const session = newSession(subject.user, 'session')
      await others.sessions.create(session)
      const key = { userId: session.userId, sessionId: session.id, secretHash: null }
      wire.break((method) => (method === 'Commit' ? { before: UNAVAILABLE } : null))
      await expect(stores.sessions.end(key)).rejects.toBeInstanceOf(StoreUnavailableError)
      await expect(stores.sessions.endAll({ userId: session.userId, floor: 2, except: null })).rejects.toBeInstanceOf(StoreUnavailableError)
      expect(await others.sessions.find(session.userId, session.id)).toEqual(session)
      wire.mend()
      expect(await stores.sessions.end(key)).toBe(true)
    })

    it('an endAll that is cut short after the floor lets nobody in, and is finished by the next', async () => {
      const { stores, others, subject } = opened()
      const sessions = Array.from({ length: 60 }, (_, index) => newSession(subject.user, `session-${index}`))
      for (const session of sessions) await others.sessions.create(session)
      wire.break((method, index) => (method === 'Commit' && index > 0 ? { before: UNAVAILABLE } : null))
      const all = { userId: subject.user.id, floor: 2, except: null }
      await expect(stores.sessions.endAll(all)).rejects.toBeInstanceOf(StoreUnavailableError)
      expect((await others.sessions.create(newSession(subject.user, 'late'))).outcome).toBe('credentials-outdated')
      wire.mend()
      expect(await stores.sessions.endAll(all)).toBe(60)
      expect((await others.sessions.list({ userId: subject.user.id, limit: 100, cursor: null })).sessions).toEqual([])
    })

    it('of two that want one address, the loser is told so even when the answer of its own try gets lost', async () => {
      const { stores, others, subject } = opened()
      const rival = newUser(randomUUID())
      wire.break((method, index) => (method === 'Commit' && index === 0 ? { hang: 'before' } : null))
      const late = stores.users.create(subject.user, newIdentity(subject.user))
      expect(await others.users.create(rival, { ...newIdentity(subject.user), userId: rival.id })).toBe('created')
      expect(await late).toBe('identity-taken')
      expect(await others.users.find(subject.user.id)).toBeNull()
    })

    it('a one-time token is given out once, whoever of many loses their answers', async () => {
      const { stores, others, subject } = opened()
      const token = newToken(subject.user)
      await others.oneTimeTokens.issue(token)
      wire.break((method, index) => (method === 'Commit' && index % 2 === 0 ? { after: UNAVAILABLE } : null))
      const attempts = Array.from({ length: 12 }, (_, index) => stores.oneTimeTokens.consume({ ...token, attemptId: `attempt-${index}` }))
      const given = (await Promise.allSettled(attempts)).filter((each) => each.status === 'fulfilled' && each.value !== null)
      expect(given.length).toBe(1)
    })

    it('an error names no user, key or secret, and what is our own mistake is not called an outage', async () => {
      const { stores, subject } = opened()
      wire.break(() => ({ before: INVALID_ARGUMENT }))
      const error: unknown = await stores.users.findByIdentity(newIdentity(subject.user).key).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(InvariantError)
      wire.break(() => ({ before: UNAVAILABLE }))
      const outage: unknown = await stores.sessions.create(newSession(subject.user, 'a-session')).catch((reason: unknown) => reason)
      for (const secret of [subject.user.id, subject.user.email, 'a-session', 'secret-of']) {
        expect(inspect([error, outage], { depth: 9 })).not.toContain(secret)
      }
    })
  })

  it('does not ask again what is refused for good', async () => {
    const { stores, subject } = opened()
    wire.break(() => ({ before: PERMISSION_DENIED }))
    await expect(stores.users.find(subject.user.id)).rejects.toThrow('Datastore failed (PERMISSION_DENIED).')
    expect(wire.seen).toEqual(['Lookup'])
  })
})
