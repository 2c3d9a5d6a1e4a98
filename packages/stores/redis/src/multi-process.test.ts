import { CLOSED_FLOOR, HOUR } from '@sallyport/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, rowsOf, withRedis } from '../testing/harness.ts'
import { processStores, type ProcessStores } from '../testing/process-stores.ts'
import { redisServer, type RedisServer } from '../testing/redis-server.ts'
import { identityOf, newKey, newSession, newToken, newUser, nextVersion, NOW } from '../testing/samples.ts'

function tally(outcomes: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1
  return counts
}

withRedis('two processes on one Redis', () => {
  let server: RedisServer
  let processes: readonly ProcessStores[]
  beforeAll(async () => {
    server = await redisServer()
    processes = await Promise.all([processStores(server.port), processStores(server.port)])
  })
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.kill()))
    await server.remove()
  })

  /** `count` calls in flight at once, dealt to the processes in turn. */
  function race<T>(count: number, call: (stores: ProcessStores, index: number) => Promise<T>): Promise<readonly T[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => call(processes[index % processes.length]!, index)))
  }
  const stored = async (text: string): Promise<string[]> => {
    const client = connect(server)
    const rows = await rowsOf(client)
    client.disconnect()
    return rows.filter((row) => row.includes(text))
  }

  it('fifty registrations of one identity make one user and leave nothing of the losers', async () => {
    const users = Array.from({ length: 50 }, newUser)
    const identity = identityOf(newUser())
    const outcomes = await race(50, (stores, index) => stores.users.create(users[index]!, { ...identity, userId: users[index]!.id }))
    expect(tally(outcomes)).toEqual({ created: 1, 'identity-taken': 49 })
    const winner = users[outcomes.indexOf('created')]!
    expect((await processes[1]!.users.findByIdentity(identity.key))?.user.id).toBe(winner.id)
    for (const user of users) expect(await stored(user.id)).toHaveLength(user === winner ? 3 : 0)
  })

  it('eight first starts agree on one signing key', async () => {
    const keys = Array.from({ length: 8 }, () => newKey(1))
    const outcomes = await race(8, (stores, index) => stores.keys.insert(keys[index]!))
    expect(tally(outcomes)).toEqual({ inserted: 1, exists: 7 })
    expect(await processes[0]!.keys.list()).toEqual([keys[outcomes.indexOf('inserted')]])
  })

  it('one of twenty refreshes rotates and the others repeat it; one of sixteen gets the one-time token; no count is given twice', async () => {
    const user = newUser()
    const [session, token] = [newSession(user), newToken(user)]
    await processes[0]!.sessions.create(session)
    await processes[0]!.oneTimeTokens.issue(token)
    const rotation = { userId: user.id, sessionId: session.id, counter: 0, graceMs: 10_000, idleExpiresAt: NOW + HOUR }
    const rotations = await race(20, (stores) => stores.sessions.rotate(rotation))
    expect(tally(rotations.map(({ outcome }) => outcome))).toEqual({ rotated: 1, repeated: 19 })
    expect(new Set(rotations.map((each) => JSON.stringify('session' in each && each.session))).size).toBe(1)

    const consumed = await race(16, (stores, index) => stores.oneTimeTokens.consume({ ...token, attemptId: `attempt-${index}` }))
    expect(consumed.filter((each) => each !== null)).toEqual([token])

    const counts = await race(40, (stores) => stores.counters.count([{ key: user.id, windowMs: HOUR }]))
    expect(counts.map(([count]) => count?.count).toSorted((a, b) => a! - b!)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  it('the end of sixty sessions, with more signing in meanwhile, leaves none below the floor', async () => {
    const user = newUser()
    const sessions = Array.from({ length: 120 }, () => newSession(user))
    await race(60, (stores, index) => stores.sessions.create(sessions[index]!))
    const [ended, ...created] = await race<unknown>(61, (stores, index) =>
      index === 0
        ? stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
        : stores.sessions.create(sessions[59 + index]!).then(({ outcome }) => outcome),
    )
    expect(Number(ended)).toBe(60 + created.filter((outcome) => outcome === 'created').length)
    expect(await processes[1]!.sessions.list({ userId: user.id, limit: 100, cursor: null })).toEqual({ sessions: [], cursor: null })
    expect(await stored(user.id)).toHaveLength(1) // the floor
  })

  it('deleting a user with sixty sessions leaves nothing, whoever signs in or refreshes meanwhile', async () => {
    const user = newUser()
    await processes[0]!.users.create(user, identityOf(user))
    const sessions = Array.from({ length: 60 }, () => newSession(user))
    await race(60, (stores, index) => stores.sessions.create(sessions[index]!))
    const outcomes = await race<unknown>(13, async (stores, index) => {
      if (index === 6) return stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
      if (index % 2 === 0) return (await stores.sessions.create(newSession(user))).outcome
      const rotation = { userId: user.id, sessionId: sessions[index]!.id, counter: 0, graceMs: 0, idleExpiresAt: NOW + HOUR }
      return (await stores.sessions.rotate(rotation)).outcome
    })
    expect(outcomes[6]).toBeGreaterThanOrEqual(60)
    expect(await processes[0]!.users.delete(user.id)).toBe(true)
    // All but the floor, which is there for a day so that no sign-in under way gets in.
    expect(await stored(user.id)).toHaveLength(1)
    expect((await processes[1]!.sessions.create(newSession(user))).outcome).toBe('credentials-outdated')
  })

  it('six hundred sessions end and take new claims, page by page', async () => {
    const user = newUser()
    const sessions = Array.from({ length: 600 }, () => newSession(user))
    await race(600, (stores, index) => stores.sessions.create(sessions[index]!))
    const claims = { ...sessions[0]!.claims, version: 2, roles: ['admin'] }
    await processes[0]!.sessions.rewriteClaims(user.id, claims)
    for (const index of [0, 299, 599]) expect(await processes[1]!.sessions.find(user.id, sessions[index]!.id)).toEqual({ ...sessions[index], claims })
    expect(await processes[0]!.sessions.endAll({ userId: user.id, floor: 2, except: sessions[300]!.id })).toBe(599)
    const { sessions: left } = await processes[1]!.sessions.list({ userId: user.id, limit: 100, cursor: null })
    expect(left.map(({ id }) => id)).toEqual([sessions[300]!.id])
  })

  it('of an e-mail change and eight registrations that want one address exactly one gets it, and the old address is free', async () => {
    const user = newUser()
    await processes[0]!.users.create(user, identityOf(user))
    const wanted = newUser().email
    const changed = nextVersion(user, { email: wanted })
    const rivals = Array.from({ length: 9 }, () => ({ ...newUser(), email: wanted }))
    const outcomes = await race<string>(9, (stores, index) =>
      index === 4
        ? stores.users.moveIdentity({ user: changed, from: identityOf(user).key, to: identityOf(changed), attemptId: 'one' })
        : stores.users.create(rivals[index]!, identityOf(rivals[index]!)),
    )
    expect(outcomes.filter((outcome) => outcome !== 'identity-taken')).toHaveLength(1)
    const hasMoved = outcomes[4] === 'replaced'
    expect((await processes[1]!.users.findByIdentity(identityOf(user).key)) === null).toBe(hasMoved)
    const heirs = await race(16, (stores) => {
      const heir = { ...newUser(), email: user.email }
      return stores.users.create(heir, identityOf(heir))
    })
    expect(tally(heirs)).toEqual(hasMoved ? { created: 1, 'identity-taken': 15 } : { 'identity-taken': 16 })
  })
})
