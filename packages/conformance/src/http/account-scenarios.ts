import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import type { HttpTrial } from './http-harness.ts'
import { call, isSignedIn, logIn, me, newEmail, NEXT_PASSWORD, parsed, PASSWORD, problem, refresh, register } from './client.ts'

export const accountScenarios: readonly Clause<HttpTrial>[] = [
  {
    id: 'H1',
    promise: 'register, read the own profile, sign out, be refused, sign in again',
    why: 'the main job',
    run: async (trial) => {
      const person = await register(trial)
      const profile = parsed(await me(trial, person.token), 200)
      assert.deepEqual(profile.user, { id: person.userId, email: person.email, emailVerified: false, name: 'Ada', roles: [], attributes: {} })
      assert.equal((await call(trial, 'POST', '/auth/logout', { token: person.token })).status, 204)
      assert.equal(problem(await me(trial, person.token), 401), 'unauthenticated')
      assert.equal((await refresh(trial, person)).status, 401)
      const again = await logIn(trial, person.email.toUpperCase())
      assert.equal(again.userId, person.userId)
      assert.equal(await isSignedIn(trial, again.token), true)
    },
  },
  {
    id: 'H2',
    promise: 'a refused sign-in looks the same for an unknown address and a wrong password: status, body, headers',
    why: 'whoever can tell the difference learns who has an account',
    run: async (trial) => {
      const person = await register(trial)
      const attempt = async (email: string): Promise<unknown> => {
        const response = await call(trial, 'POST', '/auth/login', { json: { email, password: 'wrong horse battery staple' } })
        const { requestId: _, ...body } = parsed(response, 401)
        const { date: _date, 'x-request-id': _id, ...headers } = response.headers
        return { body, headers, cookies: response.cookies }
      }
      assert.deepEqual(await attempt(person.email), await attempt(newEmail()))
    },
  },
  {
    id: 'H3',
    promise: 'of many registrations of one address at once one succeeds and the others are told that it is taken',
    why: 'two people share an account',
    run: async (trial) => {
      const email = newEmail()
      const spellings = [email, email.toUpperCase(), ` ${email}`, email.replace('@', '＠')]
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          call(trial, 'POST', '/auth/register', { json: { email: spellings[index % 4], password: `${PASSWORD} ${index}` } }),
        ),
      )
      assert.equal(answers.filter(({ status }) => status === 201).length, 1)
      for (const answer of answers) if (answer.status !== 201) assert.equal(problem(answer, 409), 'identity-taken')
    },
  },
  {
    id: 'H4',
    promise: 'a password or address that cannot be used is refused with a reason, and nothing is stored',
    why: 'people cannot tell what to change',
    run: async (trial) => {
      const email = newEmail()
      const attempt = (json: unknown) => call(trial, 'POST', '/auth/register', { json })
      assert.equal(problem(await attempt({ email, password: 'short' }), 422), 'password-refused')
      assert.equal(parsed(await attempt({ email, password: 'short' }), 422).reason, 'too-short')
      assert.equal(parsed(await attempt({ email, password: email }), 422).reason, 'context')
      for (const wrong of ['ada', 'ada@localhost', 'a@example.org,b@example.org', 'a@b@example.org', '']) {
        assert.equal(problem(await attempt({ email: wrong, password: PASSWORD }), 422), 'invalid-input')
      }
      await register(trial, email)
    },
  },
  {
    id: 'H5',
    promise: 'name and attributes can be changed, what is left out stays, what is unknown or too large is refused',
    why: 'applications keep their settings there',
    run: async (trial) => {
      const { token } = await register(trial)
      const change = (json: unknown) => call(trial, 'PATCH', '/auth/me', { token, json })
      // More bytes than characters, and more code units than code points.
      const name = 'Augusta Ada, Gräfin Łovelace 🦊'
      assert.equal(parsed(await change({ name }), 200).user.name, name)
      assert.deepEqual(parsed(await change({ attributes: { plan: 'pro', seats: 3, tags: ['a'] } }), 200).user.name, name)
      const seen = parsed(await me(trial, token), 200).user
      assert.equal(seen.name, name)
      assert.deepEqual(seen.attributes, { plan: 'pro', seats: 3, tags: ['a'] })
      assert.equal(parsed(await change({ name: null }), 200).user.name, null)
      for (const wrong of [
        { roles: ['admin'] },
        { email: newEmail() },
        { emailVerified: true },
        { attributes: { big: 'x'.repeat(1100) } },
        { name: 'a\u0000b' },
        { name: 5 },
        [],
      ]) {
        assert.equal(problem(await change(wrong), 422), 'invalid-input')
      }
      assert.deepEqual(parsed(await me(trial, token), 200).user.roles, [])
    },
  },
  {
    id: 'H6',
    promise: 'a change of password needs the current one, ends every other session at once, and goes on with new credentials',
    why: 'a thief who is in stays in',
    run: async (trial) => {
      const person = await register(trial)
      const other = await logIn(trial, person.email)
      const change = (json: unknown, token = person.token) => call(trial, 'POST', '/auth/password', { token, json })
      assert.equal(problem(await change({ currentPassword: 'not the current one', newPassword: NEXT_PASSWORD }), 403), 'wrong-password')
      assert.equal(problem(await change({ currentPassword: PASSWORD, newPassword: 'short' }), 422), 'password-refused')
      const changed = parsed(await change({ currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }), 200)
      assert.equal(await isSignedIn(trial, changed.accessToken), true)
      for (const { token } of [person, other]) assert.equal(await isSignedIn(trial, token), false)
      assert.equal((await refresh(trial, other)).status, 401)
      assert.equal(problem(await call(trial, 'POST', '/auth/login', { json: { email: person.email, password: PASSWORD } }), 401), 'bad-credentials')
      await logIn(trial, person.email, NEXT_PASSWORD)
    },
  },
  {
    id: 'H7',
    promise: 'sessions are listed in pages, and ended one by one, all others, or all; nobody sees or ends another user’s',
    why: 'a lost phone stays signed in',
    run: async (trial) => {
      const [person, stranger] = [await register(trial), await register(trial)]
      const others = [await logIn(trial, person.email), await logIn(trial, person.email), await logIn(trial, person.email)]
      const list = async (token: string): Promise<{ id: string; current: boolean }[]> => {
        const all: { id: string; current: boolean }[] = []
        for (let cursor: string | null = null; ;) {
          const page = parsed(
            await call(trial, 'GET', `/auth/sessions?limit=2${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { token }),
            200,
          )
          all.push(...page.sessions)
          cursor = page.cursor
          if (cursor === null) return all
        }
      }
      const all = await list(person.token)
      assert.equal(new Set(all.map(({ id }) => id)).size, 4)
      assert.equal(all.filter(({ current }) => current).length, 1)
      const victim = (await list(others[0]?.token ?? '')).find(({ current }) => current)?.id ?? ''
      assert.equal(problem(await call(trial, 'DELETE', `/auth/sessions/${victim}`, { token: stranger.token }), 404), 'not-found')
      assert.equal((await call(trial, 'DELETE', `/auth/sessions/${victim}`, { token: person.token })).status, 204)
      assert.equal((await call(trial, 'DELETE', `/auth/sessions/${victim}`, { token: person.token })).status, 404)
      assert.equal(await isSignedIn(trial, others[0]?.token ?? ''), false)
      assert.equal((await call(trial, 'DELETE', '/auth/sessions', { token: person.token })).status, 204)
      assert.equal(await isSignedIn(trial, others[1]?.token ?? ''), false)
      assert.equal(await isSignedIn(trial, person.token), true)
      assert.equal((await call(trial, 'DELETE', '/auth/sessions?scope=all', { token: person.token })).status, 204)
      assert.equal(await isSignedIn(trial, person.token), false)
      assert.equal((await list(stranger.token)).length, 1)
    },
  },
  {
    id: 'H8',
    promise: 'deleting the account needs the password, ends its sessions and frees the address',
    why: 'people want to leave, and not by accident',
    run: async (trial) => {
      const person = await register(trial)
      assert.equal(
        problem(await call(trial, 'DELETE', '/auth/me', { token: person.token, json: { password: 'not the password' } }), 403),
        'wrong-password',
      )
      assert.equal(problem(await call(trial, 'DELETE', '/auth/me', { token: person.token, json: {} }), 422), 'invalid-input')
      assert.equal(await isSignedIn(trial, person.token), true)
      assert.equal((await call(trial, 'DELETE', '/auth/me', { token: person.token, json: { password: PASSWORD } })).status, 204)
      assert.equal(await isSignedIn(trial, person.token), false)
      assert.equal((await refresh(trial, person)).status, 401)
      assert.equal((await call(trial, 'POST', '/auth/login', { json: { email: person.email, password: PASSWORD } })).status, 401)
      assert.notEqual((await register(trial, person.email)).userId, person.userId)
    },
  },
]
