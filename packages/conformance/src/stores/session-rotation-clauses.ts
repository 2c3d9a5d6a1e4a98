import assert from 'node:assert/strict'
import { HOUR, SECOND, type Session } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newHash, newSession, newToken, newUser } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

const GRACE_MS = 10 * SECOND

/** Refreshing: the counter of the jwt strategy, and prolonging in the session strategy. */
export const sessionRotationClauses: readonly Clause<StoreTrial<'sessions'>>[] = [
  {
    id: 'S9',
    promise: 'rotate with the stored counter is `rotated`: counter one up, `rotatedAt` now, `idleExpiresAt` as given, the rest untouched',
    why: 'this is the refresh; what it forgets to move ends the session early or keeps it alive for ever',
    async run({ stores, second, clock }) {
      const session = await created(stores, clock)
      let expected = session
      for (const counter of [0, 1, 2]) {
        clock.advance(HOUR / 2)
        const idleExpiresAt = clock.now() + HOUR
        expected = { ...expected, counter: counter + 1, rotatedAt: clock.now(), idleExpiresAt }
        const rotation = { userId: session.userId, sessionId: session.id, counter, graceMs: GRACE_MS, idleExpiresAt }
        assert.deepEqual(await stores.sessions.rotate(rotation), { outcome: 'rotated', session: expected })
        assert.deepEqual(await second.sessions.find(session.userId, session.id), expected)
      }
    },
  },
  {
    id: 'S10',
    promise: 'rotate with a counter above the stored one is `rotated` to one above the presented',
    why: "the token's mac was checked, so it is the store that lost a write (a failover); calling that theft would sign people out",
    async run({ stores, second, clock }) {
      const session = await created(stores, clock)
      const idleExpiresAt = clock.now() + HOUR
      const rotated = { ...session, counter: 6, rotatedAt: clock.now(), idleExpiresAt }
      const outcome = await stores.sessions.rotate({ userId: session.userId, sessionId: session.id, counter: 5, graceMs: GRACE_MS, idleExpiresAt })
      assert.deepEqual(outcome, { outcome: 'rotated', session: rotated })
      assert.deepEqual(await second.sessions.find(session.userId, session.id), rotated)
    },
  },
  {
    id: 'S11',
    promise: 'rotate with the counter before, inside the grace, is `repeated`, and nothing changes',
    why: 'two tabs or a lost answer present the same token; both must get the very same successor',
    async run({ stores, second, clock }) {
      const { session, rotated } = await rotatedOnce(stores, clock)
      clock.advance(GRACE_MS / 2)
      const again = { userId: session.userId, sessionId: session.id, counter: 0, graceMs: GRACE_MS, idleExpiresAt: clock.now() + 2 * HOUR }
      assert.deepEqual(await second.sessions.rotate(again), { outcome: 'repeated', session: rotated })
      assert.deepEqual(await second.sessions.rotate(again), { outcome: 'repeated', session: rotated })
      assert.deepEqual(await stores.sessions.find(session.userId, session.id), rotated)
    },
  },
  {
    id: 'S12',
    promise: 'rotate with the counter before after the grace, or with any older counter at any time, is `reused`, and nothing changes',
    why: 'a refresh token that comes back late is stolen; accepting it gives the thief a session of their own',
    async run({ stores, second, clock }) {
      const { session, rotated } = await rotatedOnce(stores, clock)
      const key = { userId: session.userId, sessionId: session.id, graceMs: GRACE_MS }
      const second1 = await stores.sessions.rotate({ ...key, counter: 1, idleExpiresAt: clock.now() + HOUR })
      assert.equal(second1.outcome, 'rotated')
      const stored = { ...rotated, counter: 2 }
      assert.deepEqual(await second.sessions.rotate({ ...key, counter: 0, idleExpiresAt: clock.now() + 2 * HOUR }), { outcome: 'reused' })
      clock.advance(GRACE_MS + 1)
      assert.deepEqual(await second.sessions.rotate({ ...key, counter: 1, idleExpiresAt: clock.now() + 2 * HOUR }), { outcome: 'reused' })
      assert.deepEqual(await stores.sessions.find(session.userId, session.id), stored)
    },
  },
  {
    id: 'S13',
    promise:
      'the grace is over AT `rotatedAt + graceMs`: `repeated` one millisecond before, `reused` at the instant; a repetition does not prolong it',
    why: 'a border that each store draws elsewhere cannot be promised to anybody',
    async run({ stores, second, clock }) {
      const { session, rotated } = await rotatedOnce(stores, clock)
      const key = { userId: session.userId, sessionId: session.id, counter: 0, graceMs: GRACE_MS, idleExpiresAt: clock.now() + 2 * HOUR }
      clock.moveTo(rotated.rotatedAt + GRACE_MS - 1)
      assert.deepEqual(await second.sessions.rotate(key), { outcome: 'repeated', session: rotated })
      clock.moveTo(rotated.rotatedAt + GRACE_MS)
      assert.deepEqual(await second.sessions.rotate(key), { outcome: 'reused' })
      assert.deepEqual(await stores.sessions.rotate({ ...key, graceMs: 0 }), { outcome: 'reused' })
    },
  },
  {
    id: 'S14',
    promise: 'rotate of a session that is not there or has ended is `absent` and creates nothing',
    why: 'a refresh must never bring a session back that its owner ended',
    async run({ stores, second, clock, rowsWith }) {
      const session = await created(stores, clock)
      await stores.sessions.end({ userId: session.userId, sessionId: session.id, secretHash: null })
      const absent = newToken()
      for (const [sessionId, counter] of [
        [session.id, 0],
        [session.id, 1],
        [absent, 0],
      ] as const) {
        const rotation = { userId: session.userId, sessionId, counter, graceMs: GRACE_MS, idleExpiresAt: clock.now() + HOUR }
        assert.deepEqual(await second.sessions.rotate(rotation), { outcome: 'absent' })
        assert.equal(await stores.sessions.find(session.userId, sessionId), null)
      }
      assert.deepEqual((await rowsWith(absent)) ?? [], [])
    },
  },
  {
    id: 'S15',
    promise: 'of many rotations with one counter at once exactly one is `rotated`, the others `repeated` with the same session',
    why: 'twenty requests wake up with one expired access token; nobody may be signed out, and no second line of tokens may start',
    async run(trial) {
      const session = await created(trial.stores, trial.clock)
      const idleExpiresAt = trial.clock.now() + 2 * HOUR
      const rotation = { userId: session.userId, sessionId: session.id, counter: 0, graceMs: GRACE_MS, idleExpiresAt }
      const results = await atOnce(trial, trial.parallel, (stores) => stores.sessions.rotate(rotation))
      const rotated = { ...session, counter: 1, rotatedAt: trial.clock.now(), idleExpiresAt }
      assert.equal(results.filter(({ outcome }) => outcome === 'rotated').length, 1)
      for (const result of results) assert.deepEqual(result, { outcome: result.outcome === 'rotated' ? 'rotated' : 'repeated', session: rotated })
      assert.deepEqual(await trial.second.sessions.find(session.userId, session.id), rotated)
    },
  },
  {
    id: 'S16',
    promise: 'prolong sets `idleExpiresAt` of the live session with that secret, and answers it as stored then; twice is the same',
    why: 'whoever is active must not be signed out by the idle limit, and nothing but that limit may move',
    async run({ stores, second, clock }) {
      const session = await created(stores, clock)
      clock.advance(HOUR / 2)
      const key = { userId: session.userId, sessionId: session.id, secretHash: session.secretHash!, idleExpiresAt: clock.now() + HOUR }
      const prolonged = { ...session, idleExpiresAt: key.idleExpiresAt }
      assert.deepEqual(await stores.sessions.prolong(key), prolonged)
      assert.deepEqual(await second.sessions.prolong(key), prolonged)
      clock.moveTo(session.idleExpiresAt + 1)
      assert.deepEqual(await second.sessions.find(session.userId, session.id), prolonged)
    },
  },
  {
    id: 'S17',
    promise: 'prolong of a session that is not there, or with another secret, is `null` and changes nothing',
    why: 'knowing a public session id must not be enough to keep the session alive',
    async run({ stores, second, clock, rowsWith }) {
      const session = await created(stores, clock)
      const idleExpiresAt = clock.now() + 2 * HOUR
      const key = { userId: session.userId, sessionId: session.id, secretHash: newHash(), idleExpiresAt }
      assert.equal(await second.sessions.prolong(key), null)
      assert.deepEqual(await stores.sessions.find(session.userId, session.id), session)
      const absent = newToken()
      assert.equal(await second.sessions.prolong({ ...key, sessionId: absent, secretHash: session.secretHash! }), null)
      assert.deepEqual((await rowsWith(absent)) ?? [], [])
      const withoutSecret = newSession(clock, newUser(clock), { secretHash: null })
      await stores.sessions.create(withoutSecret)
      assert.equal(await second.sessions.prolong({ ...key, userId: withoutSecret.userId, sessionId: withoutSecret.id }), null)
      assert.deepEqual(await stores.sessions.find(withoutSecret.userId, withoutSecret.id), withoutSecret)
    },
  },
]

async function created(stores: StoreTrial<'sessions'>['stores'], clock: StoreTrial<'sessions'>['clock']): Promise<Session> {
  const session = newSession(clock, newUser(clock))
  assert.equal((await stores.sessions.create(session)).outcome, 'created')
  return session
}

async function rotatedOnce(
  stores: StoreTrial<'sessions'>['stores'],
  clock: StoreTrial<'sessions'>['clock'],
): Promise<{ readonly session: Session; readonly rotated: Session }> {
  const session = await created(stores, clock)
  const idleExpiresAt = clock.now() + HOUR
  const outcome = await stores.sessions.rotate({ userId: session.userId, sessionId: session.id, counter: 0, graceMs: GRACE_MS, idleExpiresAt })
  const rotated = { ...session, counter: 1, rotatedAt: clock.now(), idleExpiresAt }
  assert.deepEqual(outcome, { outcome: 'rotated', session: rotated })
  return { session, rotated }
}
