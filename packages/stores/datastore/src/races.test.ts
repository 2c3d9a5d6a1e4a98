import { randomUUID } from 'node:crypto'
import { CLOSED_FLOOR, HOUR, type Stores } from '@sallyport/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import type { Engine } from '../testing/start-emulator.ts'
import { freshNamespace } from '../testing/faulty-wire.ts'
import { processStores } from '../testing/process-stores.ts'
import { rawEntities, type RawEntities } from '../testing/raw-entities.ts'
import { newIdentity, newKey, newSession, newToken, newUser, NOW } from '../testing/samples.ts'

const ENGINES: readonly Engine[] = ['datastore', 'firestore']

for (const engine of ENGINES) {
  await withEmulator(engine, `races of two processes on the ${engine} emulator`, ({ address }) => {
    describe(`two processes on the ${engine} emulator`, { timeout: 60_000 }, () => {
      races(address)
    })
  })
}

function races(address: string): void {
  const namespace = freshNamespace()
  let processes: readonly Stores[] = []
  let one: Stores
  let raw: RawEntities

  beforeAll(async () => {
    processes = await Promise.all([processStores({ address, namespace }), processStores({ address, namespace })])
    one = processes[0]!
    raw = rawEntities({ client: await connect({ address }), projectId: PROJECT, namespace })
  }, 60_000)

  afterAll(() => Promise.all(processes.map((each) => each.close())))

  /** `count` calls under way at once, dealt to the processes in turn. */
  function race<T>(count: number, call: (stores: Stores, index: number) => Promise<T>): Promise<readonly T[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => call(processes[index % processes.length]!, index)))
  }

  const rowsWith = async (text: string): Promise<number> => (await raw.all()).filter((row) => row.text.includes(text)).length

  it('fifty registrations of one address make one user and leave nothing of the losers', async () => {
    const email = `${randomUUID()}@example.org`
    const users = Array.from({ length: 50 }, () => newUser(randomUUID(), { email }))
    const outcomes = await race(50, (stores, index) => stores.users.create(users[index]!, newIdentity(users[index]!)))
    expect(tally(outcomes)).toEqual({ created: 1, 'identity-taken': 49 })
    const winner = users[outcomes.indexOf('created')]!
    expect((await one.users.findByIdentity(newIdentity(winner).key))?.identity.passwordHash).toBe(newIdentity(winner).passwordHash)
    expect(await rowsWith(email)).toBe(2)
  })

  it('one of twenty refreshes rotates, the others repeat it, and the session lives', async () => {
    const session = newSession(newUser(randomUUID()), 'session')
    await one.sessions.create(session)
    // Both know it, and begin with what they know.
    for (const { sessions } of processes) expect(await sessions.find(session.userId, session.id)).toEqual(session)
    const rotation = { userId: session.userId, sessionId: session.id, counter: 0, graceMs: 10_000, idleExpiresAt: NOW + HOUR }
    const outcomes = await race(20, (stores) => stores.sessions.rotate(rotation))
    expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ rotated: 1, repeated: 19 })
    const expected = { ...session, counter: 1 }
    expect(outcomes.map((each) => 'session' in each && each.session)).toEqual(outcomes.map(() => expected))
    expect(await one.sessions.find(session.userId, session.id)).toEqual(expected)
  })

  it('of thirty sign-ins during a change of password, whom everybody knows, none lives on below the floor', async () => {
    const user = newUser(randomUUID())
    for (const [index, { sessions }] of processes.entries()) await sessions.create(newSession(user, `known-${index}`))
    const outcomes = await race(31, async (stores, index) => {
      if (index === 15) return stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
      return (await stores.sessions.create(newSession(user, `session-${index}`))).outcome
    })
    const { created = 0, 'credentials-outdated': outdated = 0 } = tally(outcomes)
    expect(created + outdated).toBe(30)
    expect(outcomes[15]).toBe(processes.length + created)
    expect((await one.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions).toEqual([])
    const late = { ...user, credentialsVersion: 2 }
    const again = await race(30, (stores, index) => stores.sessions.create(newSession(late, `late-${index}`)))
    expect(again).toEqual(again.map(() => ({ outcome: 'created', floor: 2 })))
    // Of the old version nothing is left, and one permit of the new one.
    expect((await raw.all()).filter(({ kind, text }) => kind === 'SallyportSessionPermit' && text.includes(user.id))).toHaveLength(1)
  })

  it('one of sixteen uses of a one-time token gets it', async () => {
    const token = newToken(newUser(randomUUID()))
    await one.oneTimeTokens.issue(token)
    const given = await race(16, (stores, index) => stores.oneTimeTokens.consume({ ...token, attemptId: `attempt-${index}` }))
    expect(given.filter((each) => each !== null)).toEqual([token])
  })

  it('eight first starts agree on one key', async () => {
    const outcomes = await race(8, (stores, index) => stores.keys.insert(newKey(1, `kid-${index}`)))
    expect(tally(outcomes)).toEqual({ inserted: 1, exists: 7 })
    expect(await one.keys.list()).toEqual([newKey(1, `kid-${outcomes.indexOf('inserted')}`)])
  })

  it('forty hits are counted from 1 to 40', async () => {
    const hits = ['account', 'network'].map((key) => ({ key, windowMs: HOUR }))
    const counts = await race(40, (stores) => stores.counters.count(hits))
    const numbers = counts.map((each) => each[0]!.count).toSorted((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  it('a change of address frees the old one for exactly one, and the new one works', async () => {
    const user = newUser(randomUUID())
    await one.users.create(user, newIdentity(user))
    const moved = { ...user, version: 2, email: `new-${user.email}` }
    const rivals = Array.from({ length: 13 }, () => newUser(randomUUID(), { email: user.email }))
    const outcomes = await race(13, (stores, index) => {
      if (index === 6) return stores.users.moveIdentity({ user: moved, from: newIdentity(user).key, to: newIdentity(moved), attemptId: 'one' })
      const rival = rivals[index]!
      return stores.users.create(rival, newIdentity(rival))
    })
    expect(outcomes[6]).toBe('replaced')
    expect((await one.users.findByIdentity(newIdentity(moved).key))?.user).toEqual(moved)
    const heir = await one.users.create(rivals[6]!, newIdentity(rivals[6]!))
    const registered = outcomes.filter((outcome) => outcome === 'created').length
    expect(registered).toBeLessThanOrEqual(1)
    // Whoever came before the move was refused; then the address was free until now.
    expect(heir).toBe(registered === 0 ? 'created' : 'identity-taken')
    expect(await rowsWith(`"${user.email}"`)).toBe(2)
  })

  it('deleting a user with sixty sessions leaves nothing, whoever signs in or refreshes meanwhile', async () => {
    const user = newUser(randomUUID())
    await one.users.create(user, newIdentity(user))
    const sessions = Array.from({ length: 60 }, (_, index) => newSession(user, `session-${index}`))
    await race(60, (stores, index) => stores.sessions.create(sessions[index]!))
    const outcomes = await race(13, async (stores, index) => {
      if (index === 6) return stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
      const { outcome } =
        index % 2 === 0
          ? await stores.sessions.create(newSession(user, `late-${index}`))
          : await stores.sessions.rotate({ userId: user.id, sessionId: `session-${index}`, counter: 0, graceMs: 0, idleExpiresAt: NOW + HOUR })
      return outcome
    })
    expect(outcomes[6]).toBeGreaterThanOrEqual(60)
    expect(await one.users.delete(user.id)).toBe(true)
    // All but the floor, which is there for a day so that no sign-in under way gets in.
    expect(await rowsWith(user.id)).toBe(1)
    expect((await one.sessions.create(newSession(user, 'later'))).outcome).toBe('credentials-outdated')
  })
}

function tally(outcomes: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1
  return counts
}
