import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import type { HttpTrial } from './http-harness.ts'
import { FOREIGN_ORIGIN, PARTNER_ORIGIN, PUBLIC_URL } from './http-harness.ts'
import { browser, call, isSignedIn, logIn, me, newEmail, NEXT_PASSWORD, parsed, PASSWORD, problem, refresh, register } from './client.ts'

export const sessionScenarios: readonly Clause<HttpTrial>[] = [
  {
    id: 'H9',
    promise: 'a refresh goes on with the session; at once all get one successor; a superseded token after the grace ends the session',
    why: 'two tabs sign people out, or a stolen token works for ever',
    run: async (trial) => {
      const person = await register(trial)
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(trial, person)))
      const tokens = answers.map((answer) => parsed(answer, 200).refreshToken ?? null)
      assert.equal(new Set(tokens).size, 1)
      const next = { ...person, token: parsed(answers[0] ?? (await refresh(trial, person)), 200).accessToken, refreshToken: tokens[0] ?? null }
      assert.equal(await isSignedIn(trial, next.token), true)
      if (person.refreshToken === null) return
      trial.clock.advance(10_000)
      assert.equal(problem(await refresh(trial, person), 401), 'unauthenticated')
      assert.equal((await refresh(trial, next)).status, 401)
      assert.equal(await isSignedIn(trial, next.token), false)
    },
  },
  {
    id: 'H10',
    promise: 'what is no refresh token is refused: none, garbage, one of another kind',
    why: 'everything else would be a way in',
    run: async (trial) => {
      const person = await register(trial)
      assert.equal((await call(trial, 'POST', '/auth/refresh')).status, 401)
      for (const refreshToken of ['', 'x', `${person.refreshToken}x`, 'a.b.c.d', `${person.token}.`]) {
        assert.ok([401, 422].includes((await call(trial, 'POST', '/auth/refresh', { json: { refreshToken } })).status))
      }
      if (person.refreshToken !== null) {
        assert.equal((await call(trial, 'POST', '/auth/refresh', { json: { refreshToken: person.token } })).status, 401)
        assert.equal((await me(trial, person.refreshToken)).status, 401)
      }
    },
  },
  {
    id: 'H11',
    promise: 'credentials run out when they say: access at expiresIn, the session when it is idle, and never later than its absolute end',
    why: 'a forgotten device stays signed in',
    run: async (trial) => {
      const email = newEmail()
      const answer = parsed(await call(trial, 'POST', '/auth/register', { json: { email, password: PASSWORD } }), 201)
      const person = { email, userId: answer.user.id, token: answer.accessToken, refreshToken: answer.refreshToken ?? null }
      assert.ok(answer.expiresIn > 0)
      trial.clock.advance((answer.expiresIn - 1) * 1000)
      assert.equal(await isSignedIn(trial, person.token), true)
      if (person.refreshToken !== null) {
        // Tokens count in whole seconds.
        trial.clock.advance(2000)
        assert.equal(await isSignedIn(trial, person.token), false)
      }
      const next = parsed(await refresh(trial, person), 200)
      assert.equal(await isSignedIn(trial, next.accessToken), true)
      trial.clock.moveTo(Date.parse(next.session.expiresAt))
      assert.equal(await isSignedIn(trial, next.accessToken), false)
      assert.equal((await refresh(trial, { ...person, token: next.accessToken, refreshToken: next.refreshToken ?? null })).status, 401)
    },
  },
  {
    id: 'H12',
    promise: 'in cookies: set and cleared as __Host- cookies, nothing secret in the body, everything works as with a header',
    why: 'a page script that is not ours reads the token',
    run: async (trial) => {
      const tab = browser(trial)
      const email = newEmail()
      const registered = parsed(await tab.call('POST', '/auth/register', { email, password: PASSWORD, transport: 'cookie' }), 201)
      for (const member of ['accessToken', 'refreshToken', 'tokenType']) assert.equal(Object.hasOwn(registered, member), false)
      assert.ok(tab.cookies.size >= 1)
      assert.equal(parsed(await tab.call('GET', '/auth/me'), 200).user.email, email)
      assert.equal(parsed(await tab.call('PATCH', '/auth/me', { name: 'Ada' }), 200).user.name, 'Ada')
      const refreshed = await tab.call('POST', '/auth/refresh')
      assert.equal(Object.hasOwn(parsed(refreshed, 200), 'accessToken'), false)
      const changed = await tab.call('POST', '/auth/password', { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD })
      assert.equal(Object.hasOwn(parsed(changed, 200), 'accessToken'), false)
      assert.equal((await tab.call('GET', '/auth/me')).status, 200)
      const held = new Map(tab.cookies)
      assert.equal((await tab.call('POST', '/auth/logout')).status, 204)
      assert.equal(tab.cookies.size, 0)
      const cookie = [...held].map(([name, value]) => `${name}=${value}`).join('; ')
      assert.equal((await call(trial, 'GET', '/auth/me', { headers: { cookie } })).status, 401)
    },
  },
  {
    id: 'H13',
    promise: 'what cookies can do, only our own and allowed pages can make them do; reading is free of that',
    why: 'any page a signed-in user visits acts in their name',
    run: async (trial) => {
      const tab = browser(trial)
      await tab.call('POST', '/auth/register', { email: newEmail(), password: PASSWORD, transport: 'cookie' })
      const cookie = [...tab.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const change = (headers: { [name: string]: string }) =>
        call(trial, 'PATCH', '/auth/me', { headers: { cookie, ...headers }, json: { name: 'x' } })
      for (const headers of [
        {},
        { origin: FOREIGN_ORIGIN },
        { origin: 'null' },
        { origin: `${PUBLIC_URL}.evil.example` },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ]) {
        assert.equal(problem(await change(headers as { [name: string]: string }), 403), 'cross-site')
      }
      assert.equal(problem(await change({ origin: FOREIGN_ORIGIN, 'sec-fetch-site': 'same-origin' }), 403), 'cross-site')
      for (const headers of [{ origin: PUBLIC_URL }, { origin: PARTNER_ORIGIN }, { 'sec-fetch-site': 'same-origin' }]) {
        assert.equal((await change(headers as { [name: string]: string })).status, 200)
      }
      for (const [method, target] of [
        ['POST', '/auth/logout'],
        ['POST', '/auth/refresh'],
        ['DELETE', '/auth/sessions'],
        ['DELETE', '/auth/sessions?scope=all'],
      ] as const) {
        assert.equal(problem(await call(trial, method, target, { headers: { cookie, origin: FOREIGN_ORIGIN } }), 403), 'cross-site')
      }
      assert.equal((await call(trial, 'GET', '/auth/me', { headers: { cookie } })).status, 200)
    },
  },
  {
    id: 'H14',
    promise: 'no foreign page can sign its visitor in or register them, in either transport; clients without a browser can, by bearer only',
    why: 'people work in an account that the attacker reads (login CSRF)',
    run: async (trial) => {
      const { email } = await register(trial)
      const attempt = (headers: { [name: string]: string }, transport?: string) =>
        call(trial, 'POST', '/auth/login', { headers, json: { email, password: PASSWORD, ...(transport === undefined ? {} : { transport }) } })
      for (const transport of ['bearer', 'cookie', undefined]) {
        assert.equal(problem(await attempt({ origin: FOREIGN_ORIGIN }, transport), 403), 'cross-site')
        assert.equal(problem(await attempt({ 'sec-fetch-site': 'cross-site' }, transport), 403), 'cross-site')
        assert.equal((await attempt({ origin: PARTNER_ORIGIN }, transport)).status, 200)
      }
      assert.equal((await attempt({}, 'bearer')).status, 200)
      assert.equal(problem(await attempt({}, 'cookie'), 403), 'cross-site')
      const foreign = { headers: { origin: FOREIGN_ORIGIN }, json: { email: newEmail(), password: PASSWORD } }
      assert.equal(problem(await call(trial, 'POST', '/auth/register', foreign), 403), 'cross-site')
    },
  },
  {
    id: 'H15',
    promise: 'browsers are told that allowed origins may read, by exact name, and no other',
    why: 'any page reads the profile of its visitor',
    run: async (trial) => {
      const { token } = await register(trial)
      const asked = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type' }
      const preflight = await call(trial, 'OPTIONS', '/auth/me', { headers: { origin: PARTNER_ORIGIN, ...asked } })
      assert.equal(preflight.status, 204)
      assert.equal(preflight.headers['access-control-allow-origin'], PARTNER_ORIGIN)
      assert.match(preflight.headers['access-control-allow-methods'] ?? '', /PATCH/)
      assert.match((preflight.headers['access-control-allow-headers'] ?? '').toLowerCase(), /authorization/)
      const read = await call(trial, 'GET', '/auth/me', { token, headers: { origin: PARTNER_ORIGIN } })
      assert.equal(read.headers['access-control-allow-origin'], PARTNER_ORIGIN)
      assert.match(read.headers['vary'] ?? '', /origin/i)
      for (const origin of [
        FOREIGN_ORIGIN,
        'null',
        `${PARTNER_ORIGIN}.evil.example`,
        PARTNER_ORIGIN.toUpperCase(),
        `${PARTNER_ORIGIN}:443`,
        'http://app.example.test',
      ]) {
        const refused = await call(trial, 'OPTIONS', '/auth/me', { headers: { origin, ...asked } })
        assert.equal(refused.headers['access-control-allow-origin'], undefined, origin)
        const unread = await call(trial, 'GET', '/auth/me', { token, headers: { origin } })
        assert.equal(unread.headers['access-control-allow-origin'], undefined, origin)
      }
    },
  },
  {
    id: 'H16',
    promise: 'a sign-in by cookie that is refused leaves the cookies of before as they are, and a new one replaces them',
    why: 'a mistyped password signs people out of what they had',
    run: async (trial) => {
      const tab = browser(trial)
      const { email } = await register(trial)
      await tab.call('POST', '/auth/login', { email, password: PASSWORD, transport: 'cookie' })
      const before = new Map(tab.cookies)
      assert.equal((await tab.call('POST', '/auth/login', { email, password: 'wrong horse battery staple', transport: 'cookie' })).status, 401)
      assert.deepEqual(new Map(tab.cookies), before)
      await tab.call('POST', '/auth/login', { email, password: PASSWORD, transport: 'cookie' })
      assert.notDeepEqual(new Map(tab.cookies), before)
      await logIn(trial, email)
    },
  },
]
