import assert from 'node:assert/strict'
import { passwordIdentityKey } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newIdentity, newToken, newUser, nextVersion } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Registering, and reading back. */
export const userCreationClauses: readonly Clause<StoreTrial<'users'>>[] = [
  {
    id: 'U1',
    promise: 'a created user is found by its identity, every field as it was given',
    why: 'a field lost or rounded by the codec is a wrong role or a wrong hash',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const identity = newIdentity(user)
      assert.equal(await stores.users.create(user, identity), 'created')
      assert.deepEqual(await second.users.findByIdentity(identity.key), { user, identity })
      assert.deepEqual(await second.users.find(user.id), user)
      const bare = newUser(clock, { name: null, roles: [], attributes: {}, emailVerified: true, status: 'disabled' })
      const withoutPassword = newIdentity(bare, { passwordHash: null })
      assert.equal(await stores.users.create(bare, withoutPassword), 'created')
      assert.deepEqual(await second.users.findByIdentity(withoutPassword.key), { user: bare, identity: withoutPassword })
    },
  },
  {
    id: 'U2',
    promise: 'create repeated with the same user and key is `created` again and changes nothing',
    why: 'after a lost answer the caller repeats; a false `identity-taken` locks somebody out of their own address',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const identity = newIdentity(user)
      assert.equal(await stores.users.create(user, identity), 'created')
      assert.equal(await second.users.create(user, identity), 'created')
      const changed = nextVersion(user, { name: 'Countess of Lovelace' })
      assert.equal(await stores.users.replace({ user: changed, identity: null, attemptId: newToken() }), 'replaced')
      assert.equal(await second.users.create(user, identity), 'created')
      assert.deepEqual(await stores.users.findByIdentity(identity.key), { user: changed, identity })
    },
  },
  {
    id: 'U3',
    promise: 'of many that register one identity at once exactly one gets `created`, all others `identity-taken`',
    why: 'two accounts behind one address is an account takeover',
    async run(trial) {
      const key = passwordIdentityKey(`${newToken()}@example.org`)
      const users = Array.from({ length: trial.parallel }, () => newUser(trial.clock))
      const outcomes = await atOnce(trial, users.length, (stores, index) => stores.users.create(users[index]!, newIdentity(users[index]!, { key })))
      assert.equal(outcomes.filter((outcome) => outcome === 'created').length, 1)
      assert.equal(outcomes.filter((outcome) => outcome === 'identity-taken').length, users.length - 1)
      const winner = users[outcomes.indexOf('created')]!
      assert.deepEqual((await trial.second.users.findByIdentity(key))?.user, winner)
    },
  },
  {
    id: 'U4',
    promise: 'of a loser no row stays behind',
    why: 'an orphan is a user without a way in, who turns up in lists and holds personal data that nobody deletes',
    async run(trial) {
      const key = passwordIdentityKey(`${newToken()}@example.org`)
      const users = Array.from({ length: trial.parallel }, () => newUser(trial.clock))
      const outcomes = await atOnce(trial, users.length, (stores, index) => stores.users.create(users[index]!, newIdentity(users[index]!, { key })))
      for (const [index, user] of users.entries()) {
        if (outcomes[index] === 'created') continue
        assert.equal(await trial.stores.users.find(user.id), null)
        assert.deepEqual(await trial.stores.users.identities(user.id), [])
        assert.deepEqual((await trial.rowsWith(user.id)) ?? [], [])
      }
    },
  },
  {
    id: 'U5',
    promise: 'find answers `null` for a user that is not there',
    why: 'absent is an answer, not a failure',
    async run({ stores, clock }) {
      const other = newUser(clock)
      await stores.users.create(other, newIdentity(other))
      assert.equal(await stores.users.find(newUser(clock).id), null)
    },
  },
  {
    id: 'U6',
    promise: 'findByIdentity answers `null` for a key that nobody holds',
    why: 'absent is an answer, not a failure',
    async run({ stores, clock }) {
      const other = newUser(clock)
      await stores.users.create(other, newIdentity(other))
      assert.equal(await stores.users.findByIdentity(passwordIdentityKey(`${newToken()}@example.org`)), null)
    },
  },
  {
    id: 'U7',
    promise: 'findByIdentity matches the whole key exactly: no prefix, no pattern, no other case',
    why: 'a look-up that matches more than it was asked for signs one person in as another',
    async run({ stores, clock }) {
      const name = newToken()
      const user = newUser(clock, { email: `${name}@example.org` })
      await stores.users.create(user, newIdentity(user))
      const near = [
        `${name}@example.or`,
        `${name}@example.org.uk`,
        name,
        '',
        `%${name}@example.org`,
        `${name}@example_org`,
        `${name}@example*`,
        `${name}@EXAMPLE.ORG`,
      ]
      for (const email of near) assert.equal(await stores.users.findByIdentity(passwordIdentityKey(email)), null)
      assert.equal(await stores.users.findByIdentity(`oidc:${user.email}`), null)
      assert.equal(await stores.users.findByIdentity(user.email), null)
    },
  },
  {
    id: 'U8',
    promise: 'identities lists exactly what the user holds, and is empty for a user that is not there',
    why: 'deletion and account pages work from this list',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const identity = newIdentity(user)
      const other = newUser(clock)
      await stores.users.create(user, identity)
      await stores.users.create(other, newIdentity(other))
      assert.deepEqual(await second.users.identities(user.id), [identity])
      assert.deepEqual(await second.users.identities(newUser(clock).id), [])
    },
  },
]
