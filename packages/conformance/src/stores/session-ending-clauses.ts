import assert from 'node:assert/strict'
import { claimsOf, CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, HOUR, type Session } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newHash, newSession, newToken, newUser } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Logging out, ending every session, and the list of devices. */
export const sessionEndingClauses: readonly Clause<StoreTrial<'sessions'>>[] = [
  {
    id: 'S18',
    promise: 'end ends the session when the secret is `null` or its own; with another secret it lives on',
    why: 'session ids are public: knowing one must not be enough to sign its owner out',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const [first, other] = [newSession(clock, user), newSession(clock, user)]
      await stores.sessions.create(first)
      await stores.sessions.create(other)
      assert.equal(await second.sessions.end({ userId: user.id, sessionId: first.id, secretHash: newHash() }), false)
      assert.deepEqual(await stores.sessions.find(user.id, first.id), first)
      assert.equal(await stores.sessions.end({ userId: user.id, sessionId: first.id, secretHash: first.secretHash }), true)
      assert.equal(await second.sessions.find(user.id, first.id), null)
      assert.deepEqual(await second.sessions.find(user.id, other.id), other)
      assert.equal(await stores.sessions.end({ userId: user.id, sessionId: other.id, secretHash: null }), true)
      assert.equal(await second.sessions.find(user.id, other.id), null)
    },
  },
  {
    id: 'S19',
    promise: 'of many ends of one session, at once or later, exactly one is `true`; the session is gone when any of them answers',
    why: 'a logout that reports success before it holds leaves a stolen token working',
    async run(trial) {
      const session = newSession(trial.clock, newUser(trial.clock))
      await trial.stores.sessions.create(session)
      const key = { userId: session.userId, sessionId: session.id, secretHash: null }
      const outcomes = await atOnce(trial, trial.parallel, async (stores, index) => {
        const ended = await stores.sessions.end(key)
        const seenBy = index % 3 === 0 ? trial.stores : trial.second
        assert.equal(await seenBy.sessions.find(session.userId, session.id), null)
        return ended
      })
      assert.equal(outcomes.filter(Boolean).length, 1)
      assert.equal(await trial.second.sessions.end(key), false)
      assert.equal(await trial.second.sessions.end({ ...key, sessionId: newToken() }), false)
    },
  },
  {
    id: 'S20',
    promise: 'endAll raises the floor and never lowers it',
    why: 'a late repetition of an old password change would let sessions of the old password in again',
    async run(trial) {
      const user = newUser(trial.clock)
      const { stores, second } = trial
      await stores.sessions.endAll({ userId: user.id, floor: 5, except: null })
      await second.sessions.endAll({ userId: user.id, floor: 3, except: null })
      assert.deepEqual(await second.sessions.create(newSession(trial.clock, user, { credentialsVersion: 4 })), { outcome: 'credentials-outdated' })
      assert.deepEqual(await second.sessions.create(newSession(trial.clock, user, { credentialsVersion: 5 })), { outcome: 'created', floor: 5 })
      const floors = Array.from({ length: trial.parallel }, (_, index) => 6 + ((index * 7) % trial.parallel))
      const highest = Math.max(...floors)
      await atOnce(trial, floors.length, (handle, index) => handle.sessions.endAll({ userId: user.id, floor: floors[index]!, except: null }))
      const below = newSession(trial.clock, user, { credentialsVersion: highest - 1 })
      assert.deepEqual(await stores.sessions.create(below), { outcome: 'credentials-outdated' })
    },
  },
  {
    id: 'S21',
    promise: 'endAll ends every session of the user but the excepted, which lives on as it is, and tells how many it ended',
    why: 'a password change throws the thief out and leaves the owner in',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const sessions = [newSession(clock, user), newSession(clock, user), newSession(clock, user)]
      for (const session of sessions) await stores.sessions.create(session)
      const kept = sessions[1]!
      assert.equal(await stores.sessions.endAll({ userId: user.id, floor: 2, except: kept.id }), 2)
      assert.equal(await second.sessions.find(user.id, sessions[0]!.id), null)
      assert.equal(await second.sessions.find(user.id, sessions[2]!.id), null)
      assert.deepEqual(await second.sessions.find(user.id, kept.id), kept)
      const rotation = { userId: user.id, sessionId: kept.id, counter: 0, graceMs: 10_000, idleExpiresAt: clock.now() + HOUR }
      assert.equal((await second.sessions.rotate(rotation)).outcome, 'rotated')
      assert.equal(await second.sessions.endAll({ userId: user.id, floor: 2, except: kept.id }), 0)
      assert.equal(await second.sessions.endAll({ userId: user.id, floor: 2, except: null }), 1)
      assert.equal(await stores.sessions.find(user.id, kept.id), null)
    },
  },
  {
    id: 'S22',
    promise: 'endAll ends them all, however many there are',
    why: 'a page, a batch of 25 or a script limit must not decide who stays signed in',
    async run(trial) {
      const user = newUser(trial.clock)
      const sessions = Array.from({ length: 130 }, () => newSession(trial.clock, user))
      await createAll(trial, sessions)
      const kept = sessions[64]!
      assert.equal(await trial.stores.sessions.endAll({ userId: user.id, floor: 2, except: kept.id }), sessions.length - 1)
      assert.deepEqual((await trial.second.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions, [kept])
      for (const session of sessions) {
        assert.equal((await trial.second.sessions.find(user.id, session.id)) === null, session !== kept)
      }
    },
  },
  {
    id: 'S23',
    promise: "endAll leaves other users' sessions and floors untouched",
    why: "one user's password change must not sign anybody else out",
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const session = newSession(clock, user)
      await stores.sessions.create(session)
      for (const neighbour of [newUser(clock).id, `${user.id}0`, user.id.slice(0, -1)]) {
        await stores.sessions.endAll({ userId: neighbour, floor: 9, except: null })
      }
      await stores.sessions.endAll({ userId: newUser(clock).id, floor: 9, except: session.id })
      assert.deepEqual(await second.sessions.find(user.id, session.id), session)
      assert.equal((await second.sessions.create(newSession(clock, user))).outcome, 'created')
    },
  },
  {
    id: 'S24',
    promise: 'after endAll with `CLOSED_FLOOR` no session can be created, and after `CLOSED_FLOOR_KEPT_MS` nothing of the user stays behind',
    why: 'a sign-in that raced the deletion must lose, and an erased user must be gone from the store for good',
    async run({ stores, second, clock, rowsWith, sweep }) {
      const user = newUser(clock)
      const session = newSession(clock, user)
      await stores.sessions.create(session)
      await stores.sessions.rewriteClaims(user.id, { ...claimsOf(user), version: 2 })
      await stores.sessions.endAll({ userId: user.id, floor: 2, except: session.id })
      assert.equal(await stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null }), 1)
      assert.notDeepEqual(await rowsWith(user.id), [], 'the raw look does not see the floor, so it proves nothing')
      clock.advance(CLOSED_FLOOR_KEPT_MS - 1)
      await sweep()
      const late = newSession(clock, user, { credentialsVersion: CLOSED_FLOOR - 1, claims: { ...claimsOf(user), version: 9 } })
      assert.deepEqual(await second.sessions.create(late), { outcome: 'credentials-outdated' })
      clock.advance(2)
      if (await sweep()) assert.deepEqual((await rowsWith(user.id)) ?? [], [])
    },
  },
  {
    id: 'S25',
    promise: 'list shows every live session that lives throughout exactly once over the pages, each page within its limit, and no dead one',
    why: 'a device that the list leaves out is one that its owner cannot end',
    async run(trial) {
      const user = newUser(trial.clock)
      const sessions = Array.from({ length: 64 }, (_, index) =>
        newSession(trial.clock, user, index % 8 === 0 ? { idleExpiresAt: trial.clock.now() + 1 } : {}),
      )
      await createAll(trial, sessions)
      await trial.stores.sessions.create(newSession(trial.clock, newUser(trial.clock)))
      trial.clock.advance(1)
      const living = sessions.filter((_, index) => index % 8 !== 0)
      const leaving = new Set(living.filter((_, index) => index % 9 === 0).map(({ id }) => id))
      const leave = async (ids: Iterable<string>) => {
        for (const sessionId of ids) await trial.stores.sessions.end({ userId: user.id, sessionId, secretHash: null })
      }
      const seen: Session[] = []
      let cursor: string | null = null
      for (let pages = 0; ; pages += 1) {
        assert.ok(pages < 200, 'the pages do not end')
        const page = await trial.second.sessions.list({ userId: user.id, limit: 7, cursor })
        assert.ok(page.sessions.length <= 7)
        seen.push(...page.sessions)
        cursor = page.cursor
        if (cursor === null) break
        if (pages > 0) continue
        // Some that were shown leave as well: whoever counts offsets loses a row by it.
        for (const { id } of page.sessions.slice(0, 3)) leaving.add(id)
        await leave(leaving)
      }
      const ids = new Set(living.map(({ id }) => id))
      assert.ok(seen.every((session) => ids.has(session.id)))
      for (const session of living) {
        if (leaving.has(session.id)) continue
        assert.deepEqual(
          seen.filter(({ id }) => id === session.id),
          [session],
        )
      }
    },
  },
]

async function createAll(trial: StoreTrial<'sessions'>, sessions: readonly Session[]): Promise<void> {
  for (let start = 0; start < sessions.length; start += trial.parallel) {
    const batch = sessions.slice(start, start + trial.parallel)
    const outcomes = await atOnce(trial, batch.length, (stores, index) => stores.sessions.create(batch[index]!))
    assert.ok(outcomes.every(({ outcome }) => outcome === 'created'))
  }
}
