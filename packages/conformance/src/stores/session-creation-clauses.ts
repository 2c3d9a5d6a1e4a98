import assert from 'node:assert/strict'
import { claimsOf, HOUR, MINUTE } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newHash, newSession, newToken, newUser } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Signing in, and the check in front of every request. */
export const sessionCreationClauses: readonly Clause<StoreTrial<'sessions'>>[] = [
  {
    id: 'S1',
    promise: 'a created session is found by user and id, every field as it was given',
    why: 'a field lost or rounded by the codec is a wrong expiry, role or mac',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const session = newSession(clock, user)
      assert.deepEqual(await stores.sessions.create(session), { outcome: 'created', floor: 0 })
      assert.deepEqual(await second.sessions.find(user.id, session.id), session)
      const bare = newSession(clock, newUser(clock, { name: null, attributes: {}, roles: [] }), {
        secretHash: null,
        client: { userAgent: null, network: null },
      })
      assert.deepEqual(await stores.sessions.create(bare), { outcome: 'created', floor: 0 })
      assert.deepEqual(await second.sessions.find(bare.userId, bare.id), bare)
      assert.equal(await stores.sessions.find(user.id, newToken()), null)
    },
  },
  {
    id: 'S2',
    promise: "a session below the user's floor is `credentials-outdated` and is not stored; at or above it is `created`, which tells the floor",
    why: 'a sign-in that raced a password change would otherwise outlive it',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      await stores.sessions.endAll({ userId: user.id, floor: 3, except: null })
      const below = newSession(clock, user, { credentialsVersion: 2 })
      assert.deepEqual(await second.sessions.create(below), { outcome: 'credentials-outdated' })
      assert.equal(await stores.sessions.find(user.id, below.id), null)
      for (const credentialsVersion of [3, 4, 3]) {
        const session = newSession(clock, user, { credentialsVersion })
        assert.deepEqual(await second.sessions.create(session), { outcome: 'created', floor: 3 })
        assert.deepEqual(await stores.sessions.find(user.id, session.id), session)
      }
      const other = newSession(clock, newUser(clock))
      assert.deepEqual(await second.sessions.create(other), { outcome: 'created', floor: 0 })
    },
  },
  {
    id: 'S3',
    promise: 'a session with older claims than rewriteClaims has seen is `claims-outdated` and is not stored, also for a user without sessions',
    why: 'a sign-in that raced a change of role would otherwise carry the old role for its whole life',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      await stores.sessions.rewriteClaims(user.id, { ...claimsOf(user), version: 3, roles: [] })
      const older = newSession(clock, user)
      assert.deepEqual(await second.sessions.create(older), { outcome: 'claims-outdated' })
      assert.equal(await stores.sessions.find(user.id, older.id), null)
      for (const version of [3, 4]) {
        const session = newSession(clock, user, { claims: { ...claimsOf(user), version } })
        assert.equal((await second.sessions.create(session)).outcome, 'created')
        assert.deepEqual(await stores.sessions.find(user.id, session.id), session)
      }
    },
  },
  {
    id: 'S4',
    promise: 'create repeated with the same session id is `created` again and changes nothing',
    why: 'after a lost answer the caller repeats; a rotation in between must not be undone',
    async run({ stores, second, clock }) {
      const session = newSession(clock, newUser(clock))
      assert.equal((await stores.sessions.create(session)).outcome, 'created')
      assert.equal((await second.sessions.create(session)).outcome, 'created')
      clock.advance(MINUTE)
      const idleExpiresAt = clock.now() + HOUR
      await stores.sessions.rotate({ userId: session.userId, sessionId: session.id, counter: 0, graceMs: 10_000, idleExpiresAt })
      const rotated = { ...session, counter: 1, rotatedAt: clock.now(), idleExpiresAt }
      assert.equal((await second.sessions.create(session)).outcome, 'created')
      assert.deepEqual(await stores.sessions.find(session.userId, session.id), rotated)
      assert.equal((await stores.sessions.list({ userId: session.userId, limit: 10, cursor: null })).sessions.length, 1)
    },
  },
  {
    id: 'S5',
    promise: 'a session is absent from its idle expiry on, for every method: alive one millisecond before, gone at the instant',
    why: 'a row that the database has not cleaned up yet must not sign anybody in',
    async run(trial) {
      const { clock } = trial
      await goneFrom(trial, clock.now() + HOUR, { idleExpiresAt: clock.now() + HOUR })
    },
  },
  {
    id: 'S6',
    promise: 'a session is absent from its absolute expiry on, for every method, however late its idle expiry',
    why: 'prolonging must never pass the absolute limit',
    async run(trial) {
      const { clock } = trial
      await goneFrom(trial, clock.now() + HOUR, { idleExpiresAt: clock.now() + 9 * HOUR, expiresAt: clock.now() + HOUR })
    },
  },
  {
    id: 'S7',
    promise: 'a create at once with endAll is refused, or its session is ended: none is alive below the floor',
    why: 'whoever signs in with the old password while it is being changed would stay in',
    async run(trial) {
      const user = newUser(trial.clock)
      const sessions = Array.from({ length: trial.parallel }, () => newSession(trial.clock, user))
      const middle = Math.floor(trial.parallel / 2)
      const outcomes = await atOnce(trial, sessions.length + 1, async (stores, index) => {
        if (index === middle) return stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
        return (await stores.sessions.create(sessions[index > middle ? index - 1 : index]!)).outcome
      })
      assert.ok(outcomes.every((outcome) => typeof outcome === 'number' || outcome === 'created' || outcome === 'credentials-outdated'))
      for (const session of sessions) assert.equal(await trial.second.sessions.find(user.id, session.id), null)
      assert.deepEqual((await trial.stores.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions, [])
    },
  },
  {
    id: 'S8',
    promise: 'a session is found, prolonged, rotated and ended only under its own user',
    why: "one user's token must never open another's session",
    async run({ stores, second, clock }) {
      const session = newSession(clock, newUser(clock))
      const stranger = newUser(clock)
      await stores.sessions.create(session)
      await stores.sessions.create(newSession(clock, stranger))
      const key = { userId: stranger.id, sessionId: session.id }
      assert.equal(await second.sessions.find(stranger.id, session.id), null)
      assert.equal(await second.sessions.prolong({ ...key, secretHash: session.secretHash!, idleExpiresAt: clock.now() + 2 * HOUR }), null)
      assert.deepEqual(await second.sessions.rotate({ ...key, counter: 0, graceMs: 10_000, idleExpiresAt: clock.now() + 2 * HOUR }), {
        outcome: 'absent',
      })
      assert.equal(await second.sessions.end({ ...key, secretHash: null }), false)
      assert.deepEqual(await second.sessions.find(session.userId, session.id), session)
    },
  },
]

async function goneFrom(
  { stores, second, clock }: StoreTrial<'sessions'>,
  end: number,
  changes: { readonly idleExpiresAt: number; readonly expiresAt?: number },
): Promise<void> {
  const user = newUser(clock)
  const session = newSession(clock, user, changes)
  await stores.sessions.create(session)
  const key = { userId: user.id, sessionId: session.id }
  clock.moveTo(end - 1)
  assert.deepEqual(await second.sessions.find(user.id, session.id), session)
  assert.deepEqual((await second.sessions.list({ userId: user.id, limit: 10, cursor: null })).sessions, [session])
  clock.moveTo(end)
  assert.equal(await second.sessions.find(user.id, session.id), null)
  assert.deepEqual((await second.sessions.list({ userId: user.id, limit: 10, cursor: null })).sessions, [])
  assert.equal(await stores.sessions.prolong({ ...key, secretHash: session.secretHash ?? newHash(), idleExpiresAt: end + HOUR }), null)
  assert.deepEqual(await stores.sessions.rotate({ ...key, counter: 0, graceMs: 10_000, idleExpiresAt: end + HOUR }), { outcome: 'absent' })
  assert.equal(await stores.sessions.end({ ...key, secretHash: null }), false)
  assert.equal(await stores.sessions.endAll({ userId: user.id, floor: 2, except: null }), 0)
  assert.equal(await second.sessions.find(user.id, session.id), null)
}
