import assert from 'node:assert/strict'
import type { User } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newIdentity, newToken, newUser, nextVersion } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Deleting, and paging through everybody. */
export const userRemovalClauses: readonly Clause<StoreTrial<'users'>>[] = [
  {
    id: 'U18',
    promise: 'delete removes the user with all its identities, and their keys are free',
    why: 'what stays behind is personal data after an erasure, or an address that can never register again',
    async run({ stores, second, clock, rowsWith }) {
      const user = newUser(clock)
      const first = newIdentity(user)
      await stores.users.create(user, first)
      const moved = nextVersion(user, { email: `${newToken()}@example.net` })
      const identity = newIdentity(moved)
      await stores.users.moveIdentity({ user: moved, from: first.key, to: identity, attemptId: newToken() })
      assert.equal(await stores.users.delete(user.id), true)
      assert.equal(await second.users.find(user.id), null)
      assert.equal(await second.users.findByIdentity(identity.key), null)
      assert.deepEqual(await second.users.identities(user.id), [])
      assert.deepEqual((await rowsWith(user.id)) ?? [], [])
      for (const email of [user.email, moved.email]) {
        const heir = newUser(clock, { email })
        assert.equal(await second.users.create(heir, newIdentity(heir)), 'created')
      }
    },
  },
  {
    id: 'U19',
    promise: 'delete answers `true` when there was a user, `false` otherwise, and touches nobody else',
    why: 'the answer decides whether an erasure is reported as done',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const other = newUser(clock)
      await stores.users.create(user, newIdentity(user))
      await stores.users.create(other, newIdentity(other))
      assert.equal(await stores.users.delete(newUser(clock).id), false)
      assert.equal(await stores.users.delete(user.id), true)
      assert.equal(await second.users.delete(user.id), false)
      assert.deepEqual((await second.users.findByIdentity(newIdentity(other).key))?.user, other)
    },
  },
  {
    id: 'U20',
    promise: 'a delete at once with replace and moveIdentity leaves nothing of the user behind',
    why: 'a change that lands after the deletion would leave half an account',
    async run(trial) {
      const user = newUser(trial.clock)
      const from = newIdentity(user)
      await trial.stores.users.create(user, from)
      const moved = nextVersion(user, { email: `${newToken()}@example.net` })
      const to = newIdentity(moved)
      const deleted = Math.floor(trial.parallel / 2)
      const outcomes = await atOnce(trial, trial.parallel, async (stores, index) => {
        if (index === deleted) return stores.users.delete(user.id)
        if (index % 3 === 0) return stores.users.moveIdentity({ user: moved, from: from.key, to, attemptId: newToken() })
        return stores.users.replace({ user: nextVersion(user), identity: from, attemptId: newToken() })
      })
      assert.equal(outcomes[deleted], true)
      assert.equal(await trial.stores.users.find(user.id), null)
      assert.deepEqual(await trial.stores.users.identities(user.id), [])
      assert.deepEqual((await trial.rowsWith(user.id)) ?? [], [])
      for (const email of [user.email, moved.email]) {
        const heir = newUser(trial.clock, { email })
        assert.equal(await trial.second.users.create(heir, newIdentity(heir)), 'created')
      }
    },
  },
  {
    id: 'U21',
    promise: 'list shows every user that stays throughout exactly once over the pages, each page within its limit',
    why: 'an administrator who misses or counts an account twice decides on wrong facts',
    async run({ stores, second, clock }) {
      const users: User[] = []
      for (let index = 0; index < 23; index += 1) {
        clock.advance(1)
        const user = newUser(clock)
        users.push(user)
        await stores.users.create(user, newIdentity(user))
      }
      const leaving = new Set([users[3]!.id, users[11]!.id, users[22]!.id])
      const seen: User[] = []
      let cursor: string | null = null
      for (let pages = 0; ; pages += 1) {
        assert.ok(pages < 200, 'the pages do not end')
        const page = await second.users.list({ limit: 5, cursor })
        assert.ok(page.users.length <= 5)
        seen.push(...page.users)
        cursor = page.cursor
        if (cursor === null) break
        if (pages > 0) continue
        // Some that were shown leave as well: whoever counts offsets loses a row by it.
        for (const { id } of page.users.slice(0, 2)) leaving.add(id)
        for (const userId of leaving) await stores.users.delete(userId)
      }
      for (const user of users) {
        if (leaving.has(user.id)) continue
        assert.deepEqual(
          seen.filter(({ id }) => id === user.id),
          [user],
        )
      }
      const all = await second.users.list({ limit: 100, cursor: null })
      assert.equal(new Set(all.users.map(({ id }) => id)).size, users.length - leaving.size)
    },
  },
]
