import assert from 'node:assert/strict'
import { claimsOf, HOUR } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newSession, newUser, nextVersion } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** What sessions carry of their user, and how it follows the user's changes. */
export const sessionClaimsClauses: readonly Clause<StoreTrial<'sessions'>>[] = [
  {
    id: 'S26',
    promise: 'rewriteClaims puts the claims into every live session of the user, touches nothing else, and no other user',
    why: 'a revoked role must be gone from every device at the next request',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const sessions = Array.from({ length: 60 }, () => newSession(clock, user))
      for (const session of sessions) await stores.sessions.create(session)
      const other = newSession(clock, newUser(clock))
      await stores.sessions.create(other)
      const claims = claimsOf(nextVersion(user, { roles: ['user'], name: null, attributes: {} }))
      for (const handle of [stores, second]) {
        await handle.sessions.rewriteClaims(user.id, claims)
        for (const session of sessions) assert.deepEqual(await second.sessions.find(user.id, session.id), { ...session, claims })
      }
      assert.deepEqual(await second.sessions.find(other.userId, other.id), other)
    },
  },
  {
    id: 'S27',
    promise: 'older claims never replace newer ones, in whatever order they arrive',
    why: 'a delayed write must not give a revoked role back',
    async run(trial) {
      const user = newUser(trial.clock)
      const session = newSession(trial.clock, user)
      await trial.stores.sessions.create(session)
      const claims = (version: number) => ({ ...claimsOf(user), version, roles: [`as of ${version}`] })
      await trial.stores.sessions.rewriteClaims(user.id, claims(4))
      await trial.second.sessions.rewriteClaims(user.id, claims(3))
      assert.deepEqual(await trial.stores.sessions.find(user.id, session.id), { ...session, claims: claims(4) })
      const outdated = newSession(trial.clock, user, { claims: claims(3) })
      assert.deepEqual(await trial.second.sessions.create(outdated), { outcome: 'claims-outdated' })
      const ahead = newSession(trial.clock, user, { claims: claims(6) })
      assert.equal((await trial.second.sessions.create(ahead)).outcome, 'created')
      await trial.stores.sessions.rewriteClaims(user.id, claims(5))
      assert.deepEqual(await trial.second.sessions.find(user.id, ahead.id), ahead)
      assert.deepEqual(await trial.second.sessions.find(user.id, session.id), { ...session, claims: claims(5) })
      const versions = Array.from({ length: trial.parallel }, (_, index) => 10 + ((index * 7) % trial.parallel))
      await atOnce(trial, versions.length, (stores, index) => stores.sessions.rewriteClaims(user.id, claims(versions[index]!)))
      assert.deepEqual((await trial.second.sessions.find(user.id, session.id))?.claims, claims(Math.max(...versions)))
    },
  },
  {
    id: 'S28',
    promise: 'a rotation, a prolongation or an end at once with rewriteClaims is not lost, and neither are the claims',
    why: "a counter set back makes the owner's next refresh look like theft; a session written back is a logout undone",
    async run(trial) {
      const user = newUser(trial.clock)
      const sessions = Array.from({ length: trial.parallel }, () => newSession(trial.clock, user))
      for (const session of sessions) await trial.stores.sessions.create(session)
      const claims = claimsOf(nextVersion(user, { roles: [] }))
      const idleExpiresAt = trial.clock.now() + 2 * HOUR
      await atOnce(trial, sessions.length + 2, async (stores, call) => {
        // The first call and the last: one reads before the others write, one after.
        const index = call - 1
        const session = sessions[index]
        if (session === undefined) return stores.sessions.rewriteClaims(user.id, claims)
        const key = { userId: user.id, sessionId: session.id }
        if (index % 3 === 0) await stores.sessions.rotate({ ...key, counter: 0, graceMs: 10_000, idleExpiresAt })
        if (index % 3 === 1) await stores.sessions.prolong({ ...key, secretHash: session.secretHash!, idleExpiresAt })
        if (index % 3 === 2) assert.equal(await stores.sessions.end({ ...key, secretHash: null }), true)
      })
      for (const [index, session] of sessions.entries()) {
        const expected = { ...session, claims, idleExpiresAt, counter: index % 3 === 0 ? 1 : 0 }
        assert.deepEqual(await trial.second.sessions.find(user.id, session.id), index % 3 === 2 ? null : expected)
      }
    },
  },
]
