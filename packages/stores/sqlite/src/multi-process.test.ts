import { DatabaseSync } from 'node:sqlite'
import { claimsOf, CLOSED_FLOOR, HOUR, type Identity, type Session, type SigningKey, type Stores, type User } from '@sallyport/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processStores, type ProcessStores } from '../testing/process-stores.ts'
import { rowsOf, temporaryFile } from '../testing/temporary-file.ts'
import { sqliteStores } from './sqlite-stores.ts'

const now = 1_800_000_000_000
const clock = { now: () => now }
let file: ReturnType<typeof temporaryFile>
let processes: ProcessStores[] = []

beforeEach(() => {
  file = temporaryFile()
})

afterEach(async () => {
  await Promise.all(processes.map((each) => each.kill()))
  processes = []
  file.remove()
})

async function started(count: number): Promise<readonly ProcessStores[]> {
  processes = await Promise.all(Array.from({ length: count }, () => processStores()))
  return processes
}

async function opened(count: number): Promise<readonly ProcessStores[]> {
  await started(count)
  await Promise.all(processes.map((each) => each.open(file.path, now)))
  return processes
}

/** `count` calls in flight at once, dealt to the processes in turn. */
function race<T>(count: number, call: (stores: ProcessStores, index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(processes[index % processes.length]!, index)))
}

function tally(outcomes: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1
  return counts
}

const user: User = {
  id: 'user',
  email: 'ada@example.org',
  emailVerified: true,
  name: 'Ada',
  roles: ['user'],
  status: 'active',
  attributes: {},
  version: 1,
  credentialsVersion: 1,
  createdAt: now,
  updatedAt: now,
}
const identity: Identity = { key: 'password:ada@example.org', userId: user.id, passwordHash: 'hash', createdAt: now }
const session: Session = {
  id: 'session',
  userId: user.id,
  secretHash: 'hash',
  counter: 0,
  rotatedAt: now,
  createdAt: now,
  authenticatedAt: now,
  idleExpiresAt: now + HOUR,
  expiresAt: now + HOUR,
  credentialsVersion: 1,
  claims: claimsOf(user),
  client: { userAgent: null, network: null },
}
const key = (kid: string): SigningKey => ({
  generation: 1,
  kid,
  algorithm: 'EdDSA',
  publicJwk: { kty: 'OKP', kid, alg: 'EdDSA', use: 'sig' },
  wrappedPrivateKey: 'sealed',
  createdAt: now,
  activeFrom: now,
  retiredAt: null,
})

async function here<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = sqliteStores({ path: file.path, clock })
  try {
    return await work(stores)
  } finally {
    await stores.close()
  }
}

// Starting processes takes long on a busy machine.
const patience = { timeout: 60_000 }

describe('several processes on one file', patience, () => {
  it('eight that start at once on a missing file make one schema and one signing key', async () => {
    await started(8)
    await race(8, (stores) => stores.open(file.path, now))
    const outcomes = await race(8, (stores, index) => stores.keys.insert(key(`key-${index}`)))
    expect(tally(outcomes)).toEqual({ inserted: 1, exists: 7 })
    expect(await here((stores) => stores.keys.list())).toEqual([key(`key-${outcomes.indexOf('inserted')}`)])
  })

  it('fifty registrations of one identity make one user and leave nothing of the losers', async () => {
    await opened(3)
    const outcomes = await race(50, (stores, index) =>
      stores.users.create({ ...user, id: `user-${index}` }, { ...identity, userId: `user-${index}`, passwordHash: `hash-${index}` }),
    )
    expect(tally(outcomes)).toEqual({ created: 1, 'identity-taken': 49 })
    const winner = `user-${outcomes.indexOf('created')}`
    expect((await here((stores) => stores.users.findByIdentity(identity.key)))?.user.id).toBe(winner)
    expect(rowsOf(file.path)).toHaveLength(2)
  })

  it('one of twenty refreshes rotates, the others repeat it; one of sixteen gets the one-time token', async () => {
    await opened(2)
    const token = { userId: user.id, purpose: 'reset-password', hash: 'hash', payload: null, createdAt: now, expiresAt: now + HOUR } as const
    await here(async (stores) => {
      await stores.sessions.create(session)
      await stores.oneTimeTokens.issue(token)
    })
    const rotation = { userId: user.id, sessionId: session.id, counter: 0, graceMs: 10_000, idleExpiresAt: now + HOUR }
    const rotations = await race(20, (stores) => stores.sessions.rotate(rotation))
    expect(tally(rotations.map(({ outcome }) => outcome))).toEqual({ rotated: 1, repeated: 19 })
    expect(rotations.map((each) => 'session' in each && each.session.counter)).toEqual(Array.from({ length: 20 }, () => 1))

    const consumed = await race(16, (stores, index) => stores.oneTimeTokens.consume({ ...token, attemptId: `attempt-${index}` }))
    expect(consumed.filter((each) => each !== null)).toEqual([token])
  })

  it('deleting a user with sixty sessions leaves nothing, whoever signs in or refreshes meanwhile', async () => {
    await opened(2)
    await here((stores) => stores.users.create(user, identity))
    await race(60, (stores, index) => stores.sessions.create({ ...session, id: `session-${index}` }))
    const outcomes = await race<unknown>(13, async (stores, index) => {
      if (index === 6) return stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
      if (index % 2 === 0) return (await stores.sessions.create({ ...session, id: `late-${index}` })).outcome
      const rotation = { userId: user.id, sessionId: `session-${index}`, counter: 0, graceMs: 0, idleExpiresAt: now + HOUR }
      return (await stores.sessions.rotate(rotation)).outcome
    })
    expect(outcomes[6]).toBeGreaterThanOrEqual(60)
    expect(await processes[0]!.users.delete(user.id)).toBe(true)
    // All but the floor, which is there for a day so that no sign-in under way gets in.
    expect(rowsOf(file.path)).toHaveLength(1)
    expect((await processes[1]!.sessions.create({ ...session, id: 'later' })).outcome).toBe('credentials-outdated')
  })

  it('a change of address frees the old one for exactly one, and the new one works', async () => {
    await opened(2)
    await here((stores) => stores.users.create(user, identity))
    const moved = { ...user, version: 2, email: 'ada@example.net' }
    const to = { ...identity, key: `password:${moved.email}` }
    const heir = (index: number): readonly [User, Identity] => [
      { ...user, id: `heir-${index}` },
      { ...identity, userId: `heir-${index}` },
    ]
    const outcomes = await race<string>(17, (stores, index) =>
      index === 8 ? stores.users.moveIdentity({ user: moved, from: identity.key, to, attemptId: 'move' }) : stores.users.create(...heir(index)),
    )
    expect(outcomes[8]).toBe('replaced')
    const registered = outcomes.filter((outcome) => outcome === 'created').length
    expect(registered).toBeLessThanOrEqual(1)
    // Whoever came before the move was refused; then the address was free until now.
    const late = await race(16, (stores, index) => stores.users.create(...heir(100 + index)))
    expect(tally(late)).toEqual(registered === 0 ? { created: 1, 'identity-taken': 15 } : { 'identity-taken': 16 })
    expect((await here((stores) => stores.users.findByIdentity(to.key)))?.user).toEqual(moved)
    expect(rowsOf(file.path)).toHaveLength(4)
  })

  it('four that write 500 times each lose nothing and none finds the file busy', async () => {
    const each = 115 // users, with 4 or 5 writes each
    await opened(4)
    const acknowledged: string[] = []
    await race(4, (stores, index) => stores.write(`process-${index}`, each, (write) => acknowledged.push(write)))
    expect(acknowledged.length).toBeGreaterThanOrEqual(4 * 496)
    await expectKept(acknowledged)
    expect(rowsOf(file.path).filter((row) => row.startsWith('users '))).toHaveLength(4 * each)
    expect((await here((stores) => stores.counters.count([{ key: 'shared', windowMs: HOUR }])))[0]?.count).toBe(4 * each + 1)
  })

  it('no acknowledged write is lost when writers are killed at any moment', async () => {
    let seed = 20_261_123
    const below = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit
    const acknowledged: string[] = []
    let next = processStores()
    for (let round = 0; round < 10; round++) {
      const writer = await next
      next = processStores() // starts while this one writes; the last of them survives
      await writer.open(file.path, now)
      const moment = below(150)
      const reached = Promise.withResolvers<void>()
      let seen = 0
      const running = writer.write(`round-${round}`, 10_000, (write) => {
        acknowledged.push(write)
        if (++seen > moment) reached.resolve()
      })
      await Promise.all([reached.promise.then(() => writer.kill()), expect(running).rejects.toThrow('the process is gone')])
    }
    processes = [await next]
    await processes[0]!.open(file.path, now)
    expect(
      await processes[0]!.users.create({ ...user, email: 'round-0-0@example.org' }, { ...identity, key: 'password:round-0-0@example.org' }),
    ).toBe('identity-taken')
    await expectKept(acknowledged)
    const raw = new DatabaseSync(file.path)
    expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(raw.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    expect(raw.prepare('SELECT count(*) AS orphans FROM users WHERE id NOT IN (SELECT user_id FROM identities)').get()).toEqual({ orphans: 0 })
    raw.close()
  })
})

describe('a full disk', patience, () => {
  it('is StoreUnavailableError, and nothing that was acknowledged is lost', async () => {
    processes = [await processStores({ fileLimitKib: 512 })]
    const [writer] = processes
    await writer!.open(file.path, now)
    const acknowledged: string[] = []
    await expect(writer!.write('process-0', 10_000, (write) => acknowledged.push(write))).rejects.toThrow(
      /StoreUnavailableError: SQLite failed \(SQLITE_(IOERR|FULL)\)/,
    )
    expect(acknowledged.length).toBeGreaterThan(10)
    expect((await writer!.users.findByIdentity('password:process-0-0@example.org'))?.identity.passwordHash).toBe('second')
    await expectKept(acknowledged)
  })
})

/** Whatever a writer was told is there: the user, the new password, the session, or that it is gone. */
async function expectKept(acknowledged: readonly string[]): Promise<void> {
  const signedOut = new Set(acknowledged.filter((write) => write.startsWith('signed-out ')).map((write) => write.split(' ')[1]))
  const lost = await here(async (stores) => {
    const missing: string[] = []
    for (const write of acknowledged) {
      const [what, id = ''] = write.split(' ')
      const found = await stores.users.findByIdentity(`password:${id}@example.org`)
      const sessions = (await stores.sessions.list({ userId: id, limit: 1, cursor: null })).sessions.length
      const kept = {
        created: found?.user.id === id,
        changed: found?.identity.passwordHash === 'second' && found.user.version === 2,
        'signed-in': sessions === 1 || signedOut.has(id) || endsUnheard(id),
        counted: true,
        'signed-out': sessions === 0,
      }
      if (!kept[what as keyof typeof kept]) missing.push(write)
    }
    return missing
  })
  expect(lost).toEqual([])
}

/** Every third user is signed out again; the process may have died between doing so and telling us. */
function endsUnheard(id: string): boolean {
  return Number(id.split('-')[2]) % 3 === 0
}
