import assert from 'node:assert/strict'
import { HOUR, MINUTE, type Attributes } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { ODD_CURSORS, ODD_IDS, ODD_TEXT, pageOrKnownError, spoil } from './odd-values.ts'
import { newSession, newToken, newUser } from './samples.ts'
import type { StoreTrial } from './store-harness.ts'

/** Sessions at the edges: what is allowed, and seldom tried. */
export const sessionEdgeClauses: readonly Clause<StoreTrial<'sessions'>>[] = [
  {
    id: 'E7',
    promise: 'claims and client come back exactly, with any characters, any JSON value, and at their largest',
    why: 'a codec that trips over a quote, over `__proto__` or over size signs people out or loses their roles',
    async run({ stores, second, clock }) {
      const attributes = JSON.parse('{"":0,"__proto__":{"admin":true},"constructor":null,"a.b":[[]],"n":1.5e300}') as Attributes
      const odd = newUser(clock, { email: `${newToken()}${'名'.repeat(298)}`, name: ODD_TEXT, roles: [ODD_TEXT, '', 'a,b'], attributes })
      const large = newUser(clock, {
        roles: Array.from({ length: 60 }, (_, index) => `role-${index}`),
        attributes: { text: 'x'.repeat(1024 - '{"text":""}'.length) },
      })
      for (const [user, client] of [
        [odd, { userAgent: ODD_TEXT.replaceAll(/[\n\t]/g, ''), network: '2001:db8::/64' }],
        [large, { userAgent: '名'.repeat(256), network: null }],
      ] as const) {
        const session = newSession(clock, user, { client })
        assert.equal((await stores.sessions.create(session)).outcome, 'created')
        const found = await second.sessions.find(user.id, session.id)
        assert.deepEqual(found, session)
        assert.deepEqual(Object.keys(found.claims.attributes).toSorted(), Object.keys(user.attributes).toSorted())
      }
    },
  },
  {
    id: 'E8',
    promise: 'sessions are copies: changing what was given or what came back changes nothing stored',
    why: 'a shared reference turns any bug of a caller into a longer session or another role',
    async run({ stores, second, clock }) {
      const user = newUser(clock)
      const session = newSession(clock, user)
      const given = structuredClone(session)
      await stores.sessions.create(given)
      for (const value of [given, given.claims, given.claims.attributes, given.client]) spoil(value)
      const found = await stores.sessions.find(user.id, session.id)
      assert.deepEqual(found, session)
      for (const value of [found, found?.claims, found?.claims.roles, found?.claims.attributes, found?.client]) spoil(value)
      const listed = await stores.sessions.list({ userId: user.id, limit: 10, cursor: null })
      for (const value of listed.sessions) spoil(value)
      assert.deepEqual(await second.sessions.find(user.id, session.id), session)
      const claims = { ...session.claims, version: 2, attributes: { a: { b: [1] } } }
      const givenClaims = structuredClone(claims)
      await stores.sessions.rewriteClaims(user.id, givenClaims)
      for (const value of [givenClaims, givenClaims.attributes, givenClaims.roles]) spoil(value)
      assert.deepEqual(await second.sessions.find(user.id, session.id), { ...session, claims })
    },
  },
  {
    id: 'E9',
    promise: "list with another user's cursor, or one it never gave, shows only the user's own sessions or throws a `SallyportError`",
    why: "cursors come from clients; one that carries a key must not open another user's list",
    async run({ stores, clock }) {
      const [user, other] = [newUser(clock), newUser(clock)]
      for (let index = 0; index < 6; index += 1) {
        await stores.sessions.create(newSession(clock, user))
        await stores.sessions.create(newSession(clock, other))
      }
      const foreign = (await stores.sessions.list({ userId: other.id, limit: 2, cursor: null })).cursor
      assert.notEqual(foreign, null)
      for (const cursor of [foreign!, ...ODD_CURSORS]) {
        const page = await pageOrKnownError(stores.sessions.list({ userId: user.id, limit: 5, cursor }))
        assert.ok(page?.sessions.every(({ userId }) => userId === user.id) ?? true)
      }
    },
  },
  {
    id: 'E10',
    promise: 'a user or session id that no token of ours has is simply absent: 1,000 characters, patterns, separators, `__proto__`',
    why: 'ids arrive in opaque tokens from anybody; they must neither match nor break anything',
    async run({ stores, clock }) {
      const user = newUser(clock)
      const session = newSession(clock, user)
      await stores.sessions.create(session)
      const odd = [...ODD_IDS, `${session.id}*`, session.id.slice(0, -1), `${session.id} `]
      for (const id of odd) {
        assert.equal(await stores.sessions.find(user.id, id), null)
        assert.equal(await stores.sessions.find(id, session.id), null)
        assert.equal(await stores.sessions.end({ userId: user.id, sessionId: id, secretHash: null }), false)
        assert.equal(
          await stores.sessions.prolong({ userId: id, sessionId: session.id, secretHash: session.secretHash!, idleExpiresAt: clock.now() + HOUR }),
          null,
        )
      }
      assert.deepEqual(await stores.sessions.find(user.id, session.id), session)
    },
  },
  {
    id: 'E11',
    promise: 'the clean-up removes expired sessions, and nothing that lives',
    why: 'rows that never go fill the disk with personal data; a clean-up that is too eager signs people out',
    async run({ stores, second, clock, rowsWith, sweep }) {
      const user = newUser(clock)
      const short = newSession(clock, user, { idleExpiresAt: clock.now() + MINUTE })
      const long = newSession(clock, user)
      await stores.sessions.create(short)
      await stores.sessions.create(long)
      await stores.sessions.endAll({ userId: newUser(clock).id, floor: 2, except: null })
      clock.moveTo(short.idleExpiresAt - 1)
      await sweep()
      assert.deepEqual(await second.sessions.find(user.id, short.id), short)
      clock.moveTo(short.idleExpiresAt)
      if (await sweep()) assert.deepEqual((await rowsWith(short.id)) ?? [], [])
      assert.deepEqual(await second.sessions.find(user.id, long.id), long)
    },
  },
  {
    id: 'E12',
    promise: 'the clean-up leaves floors and claim marks in force',
    why: 'they hold against sign-ins that are still under way, when no session is left to hang them on',
    async run({ stores, second, clock, sweep }) {
      const user = newUser(clock)
      await stores.sessions.create(newSession(clock, user))
      await stores.sessions.rewriteClaims(user.id, { ...newSession(clock, user).claims, version: 5 })
      await stores.sessions.endAll({ userId: user.id, floor: 3, except: null })
      clock.advance(60 * 24 * HOUR)
      await sweep()
      const outdated = newSession(clock, user, { credentialsVersion: 2 })
      assert.deepEqual(await second.sessions.create(outdated), { outcome: 'credentials-outdated' })
      const stale = newSession(clock, user, { credentialsVersion: 3, claims: { ...outdated.claims, version: 4 } })
      assert.deepEqual(await second.sessions.create(stale), { outcome: 'claims-outdated' })
    },
  },
]
