import assert from 'node:assert/strict'
import { passwordIdentityKey, type User } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newIdentity, newToken, newUser, nextVersion } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Conditional replacement, and moving an identity. */
export const userChangeClauses: readonly Clause<StoreTrial<'users'>>[] = [
  {
    id: 'U9',
    promise: 'replace of a user that is not there is `absent` and creates nothing',
    why: 'a late write would bring a deleted account back',
    async run({ stores, second, clock, rowsWith }) {
      const user = newUser(clock)
      assert.equal(await stores.users.replace({ user: nextVersion(user), identity: null, attemptId: newToken() }), 'absent')
      assert.equal(await stores.users.replace({ user, identity: null, attemptId: newToken() }), 'absent')
      assert.equal(await stores.users.replace({ user: nextVersion(user), identity: newIdentity(user), attemptId: newToken() }), 'absent')
      assert.equal(await second.users.find(user.id), null)
      assert.equal(await second.users.findByIdentity(newIdentity(user).key), null)
      assert.deepEqual((await rowsWith(user.id)) ?? [], [])
    },
  },
  {
    id: 'U10',
    promise: 'replace with an identity that the user does not hold is `absent` and writes nothing',
    why: "a password change must not plant a second way in, nor overwrite somebody else's",
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const identity = newIdentity(user)
      const other = newUser(clock)
      const foreign = newIdentity(other)
      await stores.users.create(user, identity)
      await stores.users.create(other, foreign)
      for (const key of [passwordIdentityKey(`${newToken()}@example.org`), foreign.key]) {
        const change = { user: nextVersion(user), identity: newIdentity(user, { key }), attemptId: newToken() }
        assert.equal(await stores.users.replace(change), 'absent')
        assert.deepEqual(await second.users.findByIdentity(identity.key), { user, identity })
        assert.deepEqual(await second.users.identities(user.id), [identity])
      }
      assert.deepEqual(await second.users.findByIdentity(foreign.key), { user: other, identity: foreign })
    },
  },
  {
    id: 'U11',
    promise: 'replace repeated with its attempt id is `replaced` again; with another attempt id it is `changed-meanwhile`',
    why: 'a repetition after a lost answer must neither fail nor count as a second change',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      await stores.users.create(user, newIdentity(user))
      const attemptId = newToken()
      const changed = nextVersion(user, { name: 'A' })
      assert.equal(await stores.users.replace({ user: changed, identity: null, attemptId }), 'replaced')
      assert.equal(await second.users.replace({ user: changed, identity: null, attemptId }), 'replaced')
      assert.equal(await second.users.replace({ user: nextVersion(user, { name: 'B' }), identity: null, attemptId: newToken() }), 'changed-meanwhile')
      assert.deepEqual(await stores.users.find(user.id), changed)
    },
  },
  {
    id: 'U12',
    promise: 'of many writers from one version exactly one gets `replaced`, the others `changed-meanwhile`',
    why: 'a lost update undoes a disable or a change of role',
    async run(trial) {
      const user = newUser(trial.clock)
      await trial.stores.users.create(user, newIdentity(user))
      const outcomes = await atOnce(trial, trial.parallel, (stores, index) =>
        stores.users.replace({ user: nextVersion(user, { name: `writer ${index}` }), identity: null, attemptId: newToken() }),
      )
      assert.equal(outcomes.filter((outcome) => outcome === 'replaced').length, 1)
      assert.equal(outcomes.filter((outcome) => outcome === 'changed-meanwhile').length, trial.parallel - 1)
      const stored = await trial.second.users.find(user.id)
      assert.equal(stored?.name, `writer ${outcomes.indexOf('replaced')}`)
      assert.equal(stored?.version, 2)
      for (const version of [1, 2, 4]) {
        const stale = { user: nextVersion(user, { version, name: 'stale' }), identity: null, attemptId: newToken() }
        assert.equal(await trial.stores.users.replace(stale), 'changed-meanwhile')
      }
      assert.deepEqual(await trial.stores.users.find(user.id), stored)
    },
  },
  {
    id: 'U13',
    promise: 'user and identity land together, or neither does',
    why: "a new password hash beside the old credentials version keeps a thief's sessions alive",
    async run(trial) {
      const user = newUser(trial.clock)
      const identity = newIdentity(user)
      await trial.stores.users.create(user, identity)
      const outcomes = await atOnce(trial, trial.parallel, (stores, index) =>
        stores.users.replace({
          user: nextVersion(user, { name: `writer ${index}`, credentialsVersion: 2 }),
          identity: { ...identity, passwordHash: `hash ${index}` },
          attemptId: newToken(),
        }),
      )
      const winner = outcomes.indexOf('replaced')
      const stored = await trial.second.users.findByIdentity(identity.key)
      assert.equal(stored?.user.name, `writer ${winner}`)
      assert.deepEqual(stored?.identity, { ...identity, passwordHash: `hash ${winner}` })
      assert.deepEqual(await trial.second.users.identities(user.id), [stored?.identity])
    },
  },
  {
    id: 'U14',
    promise: 'moveIdentity takes the new key, gives up the old one, and frees it for others',
    why: 'an old address that still signs in belongs to whoever owns that mailbox now',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const from = newIdentity(user)
      await stores.users.create(user, from)
      const moved = nextVersion(user, { email: `${newToken()}@example.net` })
      const to = newIdentity(moved, { passwordHash: from.passwordHash })
      assert.equal(await stores.users.moveIdentity({ user: moved, from: from.key, to, attemptId: newToken() }), 'replaced')
      assert.equal(await second.users.findByIdentity(from.key), null)
      assert.deepEqual(await second.users.findByIdentity(to.key), { user: moved, identity: to })
      assert.deepEqual(await second.users.identities(user.id), [to])
      const heir = newUser(clock, { email: user.email })
      assert.equal(await second.users.create(heir, newIdentity(heir)), 'created')
      assert.equal((await stores.users.findByIdentity(from.key))?.user.id, heir.id)
    },
  },
  {
    id: 'U15',
    promise: 'moveIdentity to a held key is `identity-taken`, of a user that is gone or does not hold `from` `absent`; then nothing changed',
    why: 'a failed change of address must leave a way in, and never take one from somebody else',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const from = newIdentity(user)
      const holder = newUser(clock)
      const held = newIdentity(holder)
      await stores.users.create(user, from)
      await stores.users.create(holder, held)
      const moved = nextVersion(user, { email: holder.email })
      const free = passwordIdentityKey(`${newToken()}@example.net`)
      assert.equal(await stores.users.moveIdentity({ user: moved, from: from.key, to: newIdentity(moved), attemptId: newToken() }), 'identity-taken')
      assert.equal(
        await stores.users.moveIdentity({ user: moved, from: held.key, to: newIdentity(user, { key: free }), attemptId: newToken() }),
        'absent',
      )
      const gone = newUser(clock)
      const late = { user: nextVersion(gone), from: newIdentity(gone).key, to: newIdentity(gone, { key: free }), attemptId: newToken() }
      assert.equal(await stores.users.moveIdentity(late), 'absent')
      const stale = { user: nextVersion(moved), from: from.key, to: newIdentity(user, { key: free }), attemptId: newToken() }
      assert.equal(await stores.users.moveIdentity(stale), 'changed-meanwhile')
      assert.deepEqual(await second.users.findByIdentity(from.key), { user, identity: from })
      assert.deepEqual(await second.users.findByIdentity(held.key), { user: holder, identity: held })
      assert.equal(await second.users.findByIdentity(free), null)
    },
  },
  {
    id: 'U16',
    promise: 'moveIdentity repeated with its attempt id is `replaced` again and changes nothing',
    why: 'after a lost answer the caller would otherwise hear that its own new address is taken',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const from = newIdentity(user)
      await stores.users.create(user, from)
      const moved = nextVersion(user, { email: `${newToken()}@example.net` })
      const move = { user: moved, from: from.key, to: newIdentity(moved), attemptId: newToken() }
      assert.equal(await stores.users.moveIdentity(move), 'replaced')
      assert.equal(await second.users.moveIdentity(move), 'replaced')
      assert.deepEqual(await second.users.findByIdentity(move.to.key), { user: moved, identity: move.to })
      assert.notEqual(await second.users.moveIdentity({ ...move, attemptId: newToken() }), 'replaced')
    },
  },
  {
    id: 'U17',
    promise: 'of those that want one key at once, by moving or by registering, exactly one gets it; the others keep what they had',
    why: 'two accounts behind one address is an account takeover',
    async run(trial) {
      const email = `${newToken()}@example.net`
      const key = passwordIdentityKey(email)
      const users: User[] = []
      for (let index = 0; index < trial.parallel; index += 1) {
        const user = newUser(trial.clock)
        users.push(user)
        // Every third one registers the wanted address instead of moving to it.
        if (index % 3 !== 2) await trial.stores.users.create(user, newIdentity(user))
      }
      const outcomes = await atOnce(trial, users.length, (stores, index) => {
        const user = users[index]!
        if (index % 3 === 2) return stores.users.create(user, newIdentity(user, { key }))
        const moved = nextVersion(user, { email })
        return stores.users.moveIdentity({ user: moved, from: newIdentity(user).key, to: newIdentity(moved), attemptId: newToken() })
      })
      const winners = users.filter((_, index) => outcomes[index] === 'created' || outcomes[index] === 'replaced')
      assert.equal(winners.length, 1)
      assert.equal(outcomes.filter((outcome) => outcome === 'identity-taken').length, users.length - 1)
      assert.equal((await trial.second.users.findByIdentity(key))?.user.id, winners[0]!.id)
      for (const [index, user] of users.entries()) {
        if (outcomes[index] === 'identity-taken' && index % 3 !== 2) {
          assert.deepEqual((await trial.second.users.findByIdentity(newIdentity(user).key))?.user, user)
        }
      }
    },
  },
]
