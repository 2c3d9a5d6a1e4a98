import { inspect } from 'node:util'
import { CLOSED_FLOOR, HOUR, StoreUnavailableError, type Stores, type User } from '@sallyport/core'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshPrefix, withRedis } from '../testing/harness.ts'
import { faultyWire, type Fault, type FaultyWire } from '../testing/faulty-wire.ts'
import { redisServer, type RedisServer } from '../testing/redis-server.ts'
import { identityOf, newKey, newSession, newToken, newUser, nextVersion, NOW } from '../testing/samples.ts'
import { redisOptions } from './client-options.ts'
import { redisStores } from './redis-stores.ts'

const DEADLINE_MS = 400
const clock = { now: () => NOW }

interface Operation {
  readonly name: string
  /** What must be there before. */
  readonly given?: (stores: Stores, user: User) => Promise<unknown>
  readonly run: (stores: Stores, user: User) => Promise<unknown>
  readonly answers: unknown
  /** Where it differs: the answer after Redis did it and the answer was lost, or that there is none. */
  readonly afterLoss?: unknown
  /** Commands that pass before the one that matters. */
  readonly skip?: number
  /** What holds when the operation was told to have succeeded. */
  readonly holds?: (stores: Stores, user: User) => Promise<boolean>
}

const UNKNOWN = Symbol('StoreUnavailableError')
const sessionId = (user: User): string => `session-of-${user.id}`
const session = (user: User) => newSession(user, { id: sessionId(user) })
const token = (user: User) => ({ ...newToken(user), hash: `hash-of-${user.id}` })
const signIn = (stores: Stores, user: User): Promise<unknown> => stores.sessions.create(session(user))
const register = (stores: Stores, user: User): Promise<unknown> => stores.users.create(user, identityOf(user))
const key = (user: User) => ({ userId: user.id, sessionId: sessionId(user) })
const isGone = async (stores: Stores, user: User): Promise<boolean> => (await stores.sessions.find(user.id, sessionId(user))) === null
const moved = (user: User): User => nextVersion(user, { email: `new-${user.email}` })

const OPERATIONS: readonly Operation[] = [
  { name: 'users.create', run: register, answers: 'created', holds: async (stores, user) => (await stores.users.find(user.id)) !== null },
  { name: 'users.find', given: register, run: (stores, user) => stores.users.find(user.id), answers: expect.objectContaining({ version: 1 }) },
  {
    name: 'users.findByIdentity',
    given: register,
    run: (stores, user) => stores.users.findByIdentity(identityOf(user).key),
    answers: expect.objectContaining({ user: expect.anything() as unknown }),
  },
  { name: 'users.identities', given: register, run: (stores, user) => stores.users.identities(user.id), answers: [expect.anything()] },
  {
    name: 'users.replace',
    given: register,
    run: (stores, user) => stores.users.replace({ user: nextVersion(user), identity: identityOf(user, { passwordHash: 'new' }), attemptId: 'one' }),
    answers: 'replaced',
    holds: async (stores, user) => (await stores.users.findByIdentity(identityOf(user).key))?.identity.passwordHash === 'new',
  },
  {
    name: 'users.moveIdentity',
    given: register,
    run: (stores, user) =>
      stores.users.moveIdentity({ user: moved(user), from: identityOf(user).key, to: identityOf(moved(user)), attemptId: 'one' }),
    answers: 'replaced',
    holds: async (stores, user) => (await stores.users.findByIdentity(identityOf(user).key)) === null,
  },
  {
    name: 'users.delete',
    given: register,
    run: (stores, user) => stores.users.delete(user.id),
    answers: true,
    afterLoss: UNKNOWN,
    skip: 1,
    holds: async (stores, user) => (await stores.users.findByIdentity(identityOf(user).key)) === null,
  },
  { name: 'users.list', given: register, run: async (stores) => (await stores.users.list({ limit: 1, cursor: null })).users.length, answers: 1 },
  { name: 'sessions.create', run: signIn, answers: { outcome: 'created', floor: 0 }, holds: async (stores, user) => !(await isGone(stores, user)) },
  {
    name: 'sessions.find',
    given: signIn,
    run: (stores, user) => stores.sessions.find(user.id, sessionId(user)),
    answers: expect.objectContaining({ counter: 0 }),
  },
  {
    name: 'sessions.rotate',
    given: signIn,
    run: (stores, user) => stores.sessions.rotate({ ...key(user), counter: 0, graceMs: 10_000, idleExpiresAt: NOW + HOUR }),
    answers: { outcome: 'rotated', session: expect.objectContaining({ counter: 1 }) as unknown },
    afterLoss: { outcome: 'repeated', session: expect.objectContaining({ counter: 1 }) as unknown },
  },
  {
    name: 'sessions.rotate without grace',
    given: signIn,
    run: (stores, user) => stores.sessions.rotate({ ...key(user), counter: 0, graceMs: 0, idleExpiresAt: NOW + HOUR }),
    answers: { outcome: 'rotated', session: expect.objectContaining({ counter: 1 }) as unknown },
    afterLoss: UNKNOWN,
  },
  {
    name: 'sessions.prolong',
    given: signIn,
    run: (stores, user) => stores.sessions.prolong({ ...key(user), secretHash: session(user).secretHash!, idleExpiresAt: NOW + 2 * HOUR }),
    answers: expect.objectContaining({ idleExpiresAt: NOW + 2 * HOUR }),
  },
  {
    name: 'sessions.end',
    given: signIn,
    run: (stores, user) => stores.sessions.end({ ...key(user), secretHash: null }),
    answers: true,
    afterLoss: UNKNOWN,
    holds: isGone,
  },
  {
    name: 'sessions.endAll, raising the floor',
    given: signIn,
    run: (stores, user) => stores.sessions.endAll({ userId: user.id, floor: 2, except: null }),
    answers: 1,
    holds: async (stores, user) =>
      (await isGone(stores, user)) && (await stores.sessions.create(newSession(user))).outcome === 'credentials-outdated',
  },
  {
    name: 'sessions.endAll, ending a page',
    given: signIn,
    run: (stores, user) => stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null }),
    answers: 1,
    // All are ended, which is what matters; how many by the lost attempt nobody knows, so the number is the least it can be.
    afterLoss: 0,
    skip: 1,
    holds: isGone,
  },
  {
    name: 'sessions.list',
    given: signIn,
    run: async (stores, user) => (await stores.sessions.list({ userId: user.id, limit: 5, cursor: null })).sessions.length,
    answers: 1,
  },
  {
    name: 'sessions.rewriteClaims',
    given: signIn,
    run: (stores, user) => stores.sessions.rewriteClaims(user.id, { ...session(user).claims, version: 2, roles: [] }),
    answers: undefined,
    skip: 1,
    holds: async (stores, user) => (await stores.sessions.find(user.id, sessionId(user)))?.claims.roles.length === 0,
  },
  {
    name: 'oneTimeTokens.issue',
    run: (stores, user) => stores.oneTimeTokens.issue(token(user)),
    answers: undefined,
    holds: async (stores, user) => (await stores.oneTimeTokens.consume({ ...token(user), attemptId: 'one' })) !== null,
  },
  {
    name: 'oneTimeTokens.consume',
    given: (stores, user) => stores.oneTimeTokens.issue(token(user)),
    run: (stores, user) => stores.oneTimeTokens.consume({ ...token(user), attemptId: 'one' }),
    answers: expect.objectContaining({ payload: null }),
    holds: async (stores, user) => (await stores.oneTimeTokens.consume({ ...token(user), attemptId: 'two' })) === null,
  },
  {
    name: 'oneTimeTokens.endAll',
    given: (stores, user) => stores.oneTimeTokens.issue(token(user)),
    run: (stores, user) => stores.oneTimeTokens.endAll(user.id),
    answers: undefined,
    holds: async (stores, user) => (await stores.oneTimeTokens.consume({ ...token(user), attemptId: 'one' })) === null,
  },
  {
    name: 'counters.count',
    run: (stores, user) => stores.counters.count([{ key: user.id, windowMs: HOUR }]),
    answers: [expect.objectContaining({ count: 1 })],
    // Limits err on the safe side.
    afterLoss: [expect.objectContaining({ count: 2 })],
  },
  { name: 'keys.insert', run: (stores) => stores.keys.insert({ ...newKey(1), kid: 'one' }), answers: 'inserted' },
  {
    name: 'keys.list',
    given: (stores) => stores.keys.insert({ ...newKey(1), kid: 'one' }),
    run: (stores) => stores.keys.list(),
    answers: [expect.anything()],
  },
  {
    name: 'keys.promote',
    given: (stores) => stores.keys.insert({ ...newKey(1), kid: 'one' }),
    run: (stores) => stores.keys.promote(1, NOW - 1),
    answers: true,
  },
  {
    name: 'keys.retire',
    given: (stores) => stores.keys.insert({ ...newKey(1), kid: 'one' }),
    run: (stores) => stores.keys.retire(1, NOW),
    answers: true,
    holds: async (stores) => (await stores.keys.list())[0]?.wrappedPrivateKey === null,
  },
]

withRedis('faults on the wire', () => {
  let server: RedisServer
  let wire: FaultyWire
  const open: Stores[] = []

  beforeAll(async () => {
    server = await redisServer()
    wire = await faultyWire(server.port)
    // Every script is known to Redis by now, so that a planned fault meets the command and not its first teaching.
    for (const operation of OPERATIONS) await attempt(operation)
  })
  afterAll(async () => {
    await Promise.all(open.map((stores) => stores.close()))
    await wire.close()
    await server.remove()
  })

  function openStores(options: { readonly maxPending?: number } = {}): Stores {
    const client = new Redis(wire.port, '127.0.0.1', redisOptions({ timeoutMs: DEADLINE_MS }))
    client.on('error', () => {})
    const stores = redisStores({ client, clock, prefix: freshPrefix(), deadlineMs: DEADLINE_MS, ...options })
    open.push(stores)
    return stores
  }

  /** Runs one operation under a fault, and looks afterwards with a connection that works. */
  async function attempt({ given, run, skip, holds }: Operation, fault?: Fault): Promise<unknown> {
    const user = newUser()
    const stores = openStores()
    // The connection is up before the fault is planned.
    await stores.users.find('nobody')
    await given?.(stores, user)
    if (fault !== undefined) wire.next(fault, skip)
    const outcome = await run(stores, user).catch((error: unknown) => error)
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(StoreUnavailableError)
      expect(inspect(outcome, { depth: 10 })).not.toMatch(/secret|example\.org/)
      return UNKNOWN
    }
    expect((await holds?.(stores, user)) ?? true).toBe(true)
    return outcome
  }

  describe.each(OPERATIONS)('$name', (operation) => {
    it('answers as always when the connection breaks before the command arrives, when Redis is not ready, and when the answer is slow', async () => {
      for (const fault of ['before', 'slow', '-LOADING Redis is loading the dataset in memory', '-CLUSTERDOWN The cluster is down'] as const) {
        expect(await attempt(operation, fault)).toEqual(operation.answers)
      }
    })

    it('recognises its own write, or does not answer, when the answer is lost', async () => {
      expect(await attempt(operation, 'lost')).toEqual('afterLoss' in operation ? operation.afterLoss : operation.answers)
    })

    it('fails as unavailable when Redis refuses', async () => {
      for (const fault of [
        "-OOM command not allowed when used memory > 'maxmemory'.",
        '-MISCONF Redis is configured to save RDB snapshots',
        '-NOREPLICAS Not enough good replicas',
      ] as const) {
        expect(await attempt(operation, fault)).toBe(UNKNOWN)
      }
    })
  })

  it.each(['before', 'lost', 'slow'] as const)('of sixty sign-outs that meet on one connection each tells the truth (%s)', async (fault) => {
    const stores = openStores()
    const sessions = Array.from({ length: 60 }, () => newSession(newUser()))
    await Promise.all(sessions.map((each) => stores.sessions.create(each)))
    // The first goes out by itself, the others in one write behind it.
    for (const skip of [1, 0]) {
      wire.next(fault, skip)
      const half = sessions.splice(0, 30)
      const outcomes = await Promise.all(
        half.map(({ userId, id }) =>
          stores.sessions.end({ userId, sessionId: id, secretHash: null }).catch((error: unknown) => {
            expect(error).toBeInstanceOf(StoreUnavailableError)
            return UNKNOWN
          }),
        ),
      )
      expect(outcomes).not.toContain(false)
      if (fault !== 'lost') expect(outcomes).not.toContain(UNKNOWN)
      for (const [index, { userId, id }] of half.entries()) {
        if (outcomes[index] === true) expect(await stores.sessions.find(userId, id)).toBeNull()
      }
    }
  })

  /** Every operation at once; resolves with how long the slowest took. */
  async function allFail(prepared: readonly (() => Promise<unknown>)[]): Promise<number> {
    const started = performance.now()
    const outcomes = await Promise.allSettled(prepared.map((run) => run()))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable', retryAfterSeconds: 1 } })
    return performance.now() - started
  }

  async function prepare(): Promise<readonly (() => Promise<unknown>)[]> {
    return Promise.all(
      OPERATIONS.map(async ({ given, run }) => {
        const user = newUser()
        const stores = openStores()
        await given?.(stores, user)
        await stores.users.find('nobody')
        return () => run(stores, user)
      }),
    )
  }

  it('no operation hangs longer than the deadline when Redis does, and all work again afterwards', async () => {
    const prepared = await prepare()
    wire.hang()
    expect(await allFail(prepared)).toBeLessThan(DEADLINE_MS + 300)
    wire.flow()
    // The first commands may still go out on a connection that is dead already.
    await expect.poll(async () => (await Promise.allSettled(prepared.map((run) => run()))).filter(({ status }) => status === 'rejected')).toEqual([])
  })

  it('every operation fails within the deadline when Redis is down, and works again without a restart', async () => {
    const prepared = await prepare()
    await wire.down()
    expect(await allFail(prepared)).toBeLessThan(DEADLINE_MS + 300)
    await wire.up()
    await expect
      .poll(async () => (await Promise.allSettled(prepared.map((run) => run()))).filter(({ status }) => status === 'rejected'), { timeout: 5000 })
      .toEqual([])
  })

  it('what waits for a connection is bounded: one call more fails at once, without reaching the wire', async () => {
    const stores = openStores({ maxPending: 10 })
    await stores.users.find('nobody')
    wire.hang()
    const waiting = Array.from({ length: 10 }, () => stores.users.find('nobody').catch((error: unknown) => error))
    const before = performance.now()
    await expect(stores.users.find('nobody')).rejects.toThrow('Too many calls wait for Redis.')
    expect(performance.now() - before).toBeLessThan(DEADLINE_MS / 2)
    for (const each of await Promise.all(waiting)) expect(each).toBeInstanceOf(StoreUnavailableError)
    wire.flow()
    await expect.poll(() => stores.users.find('nobody').catch(() => 'failed')).toBeNull()
  })

  it('a closed store fails, and closes twice, with Redis away too', async () => {
    const stores = openStores()
    await stores.users.find('nobody')
    wire.hang()
    const started = performance.now()
    await Promise.all([stores.close(), stores.close()])
    expect(performance.now() - started).toBeLessThan(2000)
    wire.flow()
    await expect(stores.users.find('nobody')).rejects.toThrow('The Redis store is closed.')
  })
})
