import assert from 'node:assert/strict'
import type { Attributes } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { ODD_CURSORS, ODD_IDS, ODD_TEXT, pageOrKnownError, spoil } from './odd-values.ts'
import { newIdentity, newToken, newUser, nextVersion } from './samples.ts'
import type { StoreTrial } from './store-harness.ts'

/** Users at the edges: what is allowed, and seldom tried. */
export const userEdgeClauses: readonly Clause<StoreTrial<'users'>>[] = [
  {
    id: 'E1',
    promise: 'names, roles and attributes come back exactly, with any characters, any JSON value, and keys such as `__proto__`',
    why: 'a codec that trips over a quote loses data; one that trips over `__proto__` loses more',
    async run({ stores, second, clock }) {
      const attributes = JSON.parse(
        '{"":0,"__proto__":{"admin":true},"constructor":null,"toString":"x","a.b":[[]],"n":1.5e300,"m":-9007199254740991}',
      ) as Attributes
      const rich: Attributes = { ...attributes, [ODD_TEXT]: ODD_TEXT, control: '\u0000\u001f\u2028', list: [null, true, 0.1, '', {}] }
      const user = newUser(clock, {
        name: ODD_TEXT,
        roles: [ODD_TEXT, '', 'a,b', 'a'],
        attributes: Object.fromEntries([...Object.entries(attributes), ...Object.entries(rich)]),
      })
      const identity = newIdentity(user)
      await stores.users.create(user, identity)
      const stored = await second.users.find(user.id)
      assert.deepEqual(stored, user)
      assert.deepEqual(Object.keys(stored.attributes).toSorted(), Object.keys(user.attributes).toSorted())
    },
  },
  {
    id: 'E2',
    promise: 'the largest values fit: identity keys of 329 characters of three bytes each, attributes of 1 KiB, sixty roles',
    why: 'a limit of the engine that the contract does not state shows up in production only',
    async run({ stores, second, clock }) {
      const email = `${newToken()}${'名'.repeat(298)}`
      const user = newUser(clock, {
        email,
        name: '名'.repeat(200),
        roles: Array.from({ length: 60 }, (_, index) => `role-${index}`),
        attributes: { text: 'x'.repeat(1024 - '{"text":""}'.length) },
      })
      const identity = newIdentity(user, { passwordHash: 'h'.repeat(512) })
      assert.equal(identity.key.length, 329)
      assert.equal(await stores.users.create(user, identity), 'created')
      assert.deepEqual(await second.users.findByIdentity(identity.key), { user, identity })
      const near = { ...identity, key: `${identity.key.slice(0, -1)}x`, userId: newUser(clock).id }
      assert.equal(await second.users.findByIdentity(near.key), null)
    },
  },
  {
    id: 'E3',
    promise: 'identity keys that differ in one unusual character are different keys',
    why: 'a collation, an escape or a separator that folds two keys into one hands over an account',
    async run({ stores, second, clock }) {
      const name = newToken()
      const addresses = ['', '%', '_', '*', '?', '[a]', '/', '#', '|', ':', '\\', "'", ' ', 'ı', 'i', 'I', 'é', 'e\u0301', 'ß', 'ss'].map(
        (mark) => `${name}${mark}@example.org`,
      )
      const users = addresses.map((email) => newUser(clock, { email }))
      const identities = new Map(users.map((user) => [user.id, newIdentity(user)]))
      for (const user of users) assert.equal(await stores.users.create(user, identities.get(user.id)!), 'created')
      for (const user of users)
        assert.deepEqual(await second.users.findByIdentity(newIdentity(user).key), { user, identity: identities.get(user.id) })
    },
  },
  {
    id: 'E4',
    promise: 'users and identities are copies: changing what was given or what came back changes nothing stored',
    why: 'a shared reference turns any bug of a caller into a change of role',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const identity = newIdentity(user)
      const [givenUser, givenIdentity] = [structuredClone(user), structuredClone(identity)]
      await stores.users.create(givenUser, givenIdentity)
      for (const given of [givenUser, givenUser.attributes, givenUser.roles, givenIdentity]) spoil(given)
      const found = (await stores.users.findByIdentity(identity.key))!
      assert.deepEqual(found, { user, identity })
      for (const value of [found.user, found.user.attributes, found.user.attributes['nested'], found.user.roles, found.identity]) spoil(value)
      for (const value of await stores.users.identities(user.id)) spoil(value)
      const page = await stores.users.list({ limit: 100, cursor: null })
      for (const value of page.users) spoil(value)
      assert.deepEqual(await stores.users.findByIdentity(identity.key), { user, identity })
      const changed = nextVersion(user, { attributes: { a: { b: [1] } } })
      const given = structuredClone(changed)
      await stores.users.replace({ user: given, identity: null, attemptId: newToken() })
      for (const value of [given, given.attributes, given.roles]) spoil(value)
      assert.deepEqual(await second.users.find(user.id), changed)
    },
  },
  {
    id: 'E5',
    promise: 'list with a cursor it never gave answers a page or throws a `SallyportError`',
    why: 'cursors come from clients; a made-up one must not become a 500 or a query of its own',
    async run({ stores, clock }) {
      const user = newUser(clock)
      await stores.users.create(user, newIdentity(user))
      for (const cursor of ODD_CURSORS) await pageOrKnownError(stores.users.list({ limit: 5, cursor }))
    },
  },
  {
    id: 'E6',
    promise: 'a user id or identity key that nobody has is simply absent: 1,000 characters, patterns, separators, `__proto__`',
    why: 'ids and addresses arrive from anybody; they must neither match nor break anything',
    async run({ stores, clock }) {
      const user = newUser(clock)
      await stores.users.create(user, newIdentity(user))
      for (const id of [...ODD_IDS, `${user.id}*`, user.id.slice(0, -1), `${user.id} `, user.email]) {
        assert.equal(await stores.users.find(id), null)
        assert.equal(await stores.users.findByIdentity(id), null)
        assert.deepEqual(await stores.users.identities(id), [])
        assert.equal(await stores.users.delete(id), false)
      }
      assert.deepEqual(await stores.users.find(user.id), user)
    },
  },
]
