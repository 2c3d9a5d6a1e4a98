import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import { PUBLIC_URL, type HttpTrial } from './http-harness.ts'
import { call, isSignedIn, logIn, me, newEmail, parsed, PASSWORD, problem, refresh, register } from './client.ts'

export const protocolScenarios: readonly Clause<HttpTrial>[] = [
  {
    id: 'H17',
    promise: 'only the exact path is a route, other methods are told which there are, HEAD is GET without body',
    why: 'a gateway that matches more than the application, or the other way round, lets requests past its authorizer',
    run: async (trial) => {
      const { token } = await register(trial)
      for (const target of [
        '/',
        '/auth',
        '/auth/',
        '/auth/me/',
        '//auth/me',
        '/auth//me',
        '/Auth/Me',
        '/auth/me/..',
        '/auth/%6de',
        '/auth/me;x=1',
        '/auth%2fme',
        '/auth/sessions/',
        '/.well-known/',
        '/healthz/',
        '/auth/sessions/a/b',
      ]) {
        const response = await call(trial, 'GET', target, { token })
        assert.equal(problem(response, 404), 'not-found', target)
      }
      const wrong = await call(trial, 'PUT', '/auth/me', { token, json: {} })
      assert.equal(problem(wrong, 405), 'method-not-allowed')
      assert.deepEqual(new Set((wrong.headers['allow'] ?? '').split(/, */)), new Set(['GET', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS']))
      const head = await call(trial, 'HEAD', '/auth/me', { token })
      assert.equal(head.status, 200)
      assert.equal((await call(trial, 'HEAD', '/auth/me')).status, 401)
    },
  },
  {
    id: 'H18',
    promise: 'a body that is not strict JSON of the right shape is refused as a client’s mistake',
    why: 'two readers of one request understand different things, or an attacker makes errors on our side',
    run: async (trial) => {
      const good = JSON.stringify({ email: newEmail(), password: PASSWORD })
      const post = (body: string | Uint8Array | null, headers: { [name: string]: string } = {}) =>
        trial.send({ method: 'POST', target: '/auth/register', headers: { 'content-type': 'application/json', ...headers }, body })
      const malformed: readonly (string | Uint8Array)[] = [
        '{',
        'null,',
        `${good}x`,
        '{"email":"a@example.org","email":"b@example.org","password":"x"}',
        `{"__proto__":{"admin":true},${good.slice(1)}`,
        `\ufeff${good}`,
        Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
        '['.repeat(5000),
        `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`,
        "{'email':1}",
        'undefined',
        '{"email":NaN}',
      ]
      for (const body of malformed) assert.equal((await post(body)).status, 400, String(body).slice(0, 40))
      for (const json of ['null', '1', '"text"', '[]', '{}', '{"email":1,"password":true}', '{"email":["a@example.org"],"password":{"x":1}}']) {
        assert.equal(problem(await post(json), 422), 'invalid-input', json)
      }
      assert.equal(problem(await post(good.replace('{', '{"isAdmin":true,')), 422), 'invalid-input')
      assert.ok([400, 415, 422].includes((await post(null)).status))
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'application/json; charset=latin1',
        'application/jsonp',
        'text/json',
      ]) {
        assert.equal(problem(await post(good, { 'content-type': type }), 415), 'unsupported-media-type', type)
      }
      assert.equal((await post(good, { 'content-type': 'Application/JSON; Charset=UTF-8' })).status, 201)
    },
  },
  {
    id: 'H19',
    promise: 'a body above 64 KiB is refused and the next request is served',
    why: 'one client uses up the memory of all',
    run: async (trial) => {
      const huge = JSON.stringify({ email: newEmail(), password: 'x'.repeat(70 * 1024) })
      const refused = await trial.send({ method: 'POST', target: '/auth/login', headers: { 'content-type': 'application/json' }, body: huge })
      assert.equal(problem(refused, 413), 'body-too-large')
      const { token } = await register(trial)
      assert.equal(await isSignedIn(trial, token), true)
    },
  },
  {
    id: 'H20',
    promise: 'an authorization header that is not exactly one good bearer token is refused, without a hint why',
    why: 'every reading of a header that differs from another’s is a way around it',
    run: async (trial) => {
      const { token } = await register(trial)
      const none = 'Bearer realm="sallyport"'
      const bad = `${none}, error="invalid_token"`
      const refused: readonly (readonly [authorization: string | readonly string[], challenge: string])[] = [
        ['Bearer', none],
        ['Bearer ', none],
        [`Basic ${Buffer.from('a:b').toString('base64')}`, none],
        [`Digest ${token}`, none],
        [`Bearer ${token}x`, bad],
        [`Bearer ${token} x`, bad],
        [`Bearer ${token}, Bearer ${token}`, bad],
        [[`Bearer ${token}`, `Bearer ${token}`], bad],
        [[`Bearer ${token}`, 'Bearer noise'], bad],
        [['Bearer noise', `Bearer ${token}`], bad],
        [[`Basic ${Buffer.from('a:b').toString('base64')}`, `Bearer ${token}`], none],
        [`Bearer "${token}"`, bad],
        [`Bearer %20${token}`, bad],
        [`Bearer ${token}%`, bad],
        [`Bearer ${token}.`, bad],
        [token, none],
        ['Bearer eyJhbGciOiJub25lIn0.e30.', bad],
        [`Bearer ${'x'.repeat(7000)}`, bad],
      ]
      const bodies = new Set<string>()
      for (const [authorization, challenge] of refused) {
        const response = await call(trial, 'GET', '/auth/me', { headers: { authorization } })
        const what = `${String(authorization).replaceAll(token, 'token').slice(0, 40)} answers ${response.status}`
        assert.equal(response.status, 401, what)
        assert.equal(response.headers['www-authenticate'], challenge, what)
        const { requestId: _, ...body } = parsed(response, 401)
        bodies.add(JSON.stringify(body))
      }
      assert.equal(bodies.size, 1)
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        assert.equal((await call(trial, 'GET', '/auth/me', { headers: { authorization: `${scheme} ${token}` } })).status, 200)
      }
      assert.equal((await me(trial, null)).status, 401)
    },
  },
  {
    id: 'H21',
    promise: 'a cookie that comes twice, or under a name that only looks like ours, is nobody’s; the header goes before the cookie',
    why: 'a sub-domain plants a cookie and people work in the attacker’s account',
    run: async (trial) => {
      const [one, two] = [await register(trial), await register(trial)]
      const response = await call(trial, 'POST', '/auth/login', {
        headers: { origin: PUBLIC_URL },
        json: { email: one.email, password: PASSWORD, transport: 'cookie' },
      })
      const pairs = response.cookies.map((line) => line.split(';')[0] ?? '')
      const access = pairs.find((pair) => pair.startsWith('__Host-') && pair.includes('access')) ?? pairs[0] ?? ''
      const [name, value] = [access.slice(0, access.indexOf('=')), access.slice(access.indexOf('=') + 1)]
      const withCookie = async (cookie: string): Promise<number> => (await call(trial, 'GET', '/auth/me', { headers: { cookie } })).status
      assert.equal(await withCookie(access), 200)
      assert.equal(await withCookie(`a=b; ${access}; c=d`), 200)
      assert.equal(await withCookie(`${name}=planted; ${access}`), 401)
      assert.equal(await withCookie(`${access}; ${access}`), 401)
      for (const wrong of [
        `\u00a0${access}`,
        `${name.toLowerCase()}=${value}`,
        `x${access}`,
        `${name} =${value}`,
        `${name}="${value}"`,
        `${name.replace('__Host-', '')}=${value}`,
      ]) {
        const status = await withCookie(wrong)
        assert.ok(status === 401 || status === 400, `${wrong.slice(0, 30)} answers ${status}`)
      }
      const both = parsed(await call(trial, 'GET', '/auth/me', { token: two.token, headers: { cookie: access } }), 200)
      assert.equal(both.user.id, two.userId)
      assert.equal((await call(trial, 'GET', '/auth/me', { token: 'noise', headers: { cookie: access } })).status, 401)
    },
  },
  {
    id: 'H22',
    promise: 'a query that is not exactly what the route takes is refused',
    why: 'a misspelt `scope=all` ends the wrong sessions',
    run: async (trial) => {
      const { token } = await register(trial)
      for (const target of [
        '/auth/sessions?limit=0',
        '/auth/sessions?limit=101',
        '/auth/sessions?limit=1e1',
        '/auth/sessions?limit=%31%20',
        '/auth/sessions?limit=1&limit=2',
        '/auth/sessions?Limit=1',
        '/auth/sessions?limit=%zz',
        '/auth/me?x=1',
      ]) {
        const { status } = await call(trial, 'GET', target, { token })
        assert.ok(status === 422 || status === 400, `${target} answers ${status}`)
      }
      for (const target of ['/auth/sessions?scope=everything', '/auth/sessions?scope=all&scope=others', '/auth/sessions?scop=all']) {
        assert.equal((await call(trial, 'DELETE', target, { token })).status, 422, target)
      }
      assert.equal(await isSignedIn(trial, token), true)
    },
  },
  {
    id: 'H23',
    promise: 'key set, discovery, the description of the API and health are public, cacheable where they may be, and show nothing private',
    why: 'no gateway can verify our tokens, or everybody can sign them',
    run: async (trial) => {
      const keySet = parsed(await call(trial, 'GET', '/.well-known/jwks.json'), 200)
      assert.equal(keySet.keys.length, trial.strategy === 'jwt' ? 1 : 0)
      for (const key of keySet.keys) for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(Object.hasOwn(key, member), false)
      const discovery = parsed(await call(trial, 'GET', '/.well-known/openid-configuration'), 200)
      assert.equal(discovery.issuer, PUBLIC_URL)
      assert.equal(discovery.jwks_uri, `${PUBLIC_URL}/.well-known/jwks.json`)
      assert.equal((await call(trial, 'GET', '/openapi.json')).status, 200)
      const health = parsed(await call(trial, 'GET', '/healthz'), 200)
      assert.deepEqual([health.status, health.strategy], ['ok', trial.strategy])
      assert.ok(Number.isInteger(health.revocationBoundSeconds))
    },
  },
  {
    id: 'H24',
    promise: 'guesses are limited per account, whatever spelling and whatever way to try a password; others go on, and the window ends',
    why: 'passwords can be guessed, or everybody is locked out',
    run: async (trial) => {
      const [person, other] = [await register(trial), await register(trial)]
      const guess = (email: string) => call(trial, 'POST', '/auth/login', { json: { email, password: 'wrong horse battery staple' } })
      let refused = await guess(person.email)
      for (let tries = 1; refused.status === 401; tries++) {
        assert.ok(tries <= 100, 'a hundred guesses on one account are not limited')
        assert.ok(refused.headers['ratelimit'] !== undefined && refused.headers['ratelimit-policy'] !== undefined)
        refused = await guess(tries % 2 === 0 ? person.email : person.email.toUpperCase())
      }
      assert.equal(problem(refused, 429), 'rate-limited')
      const right = await call(trial, 'POST', '/auth/login', { json: { email: person.email, password: PASSWORD } })
      assert.equal(right.status, 429)
      const change = { currentPassword: PASSWORD, newPassword: 'a quite different sentence' }
      await logIn(trial, other.email)
      assert.equal(await isSignedIn(trial, person.token), true)
      assert.equal((await call(trial, 'POST', '/auth/password', { token: other.token, json: change })).status, 200)
      trial.clock.advance(Number(refused.headers['retry-after']) * 1000)
      await logIn(trial, person.email)
    },
  },
  {
    id: 'H25',
    promise:
      'with the stores down the answer is 503 with Retry-After, never a refusal of good credentials and never a pass; afterwards all is as before',
    why: 'an outage signs everybody out, or lets everybody in',
    run: async (trial) => {
      const person = await register(trial)
      trial.breakStores(true)
      const attempts = [
        call(trial, 'POST', '/auth/login', { json: { email: person.email, password: PASSWORD } }),
        call(trial, 'POST', '/auth/register', { json: { email: newEmail(), password: PASSWORD } }),
        refresh(trial, person),
        call(trial, 'GET', '/auth/sessions', { token: person.token }),
        call(trial, 'PATCH', '/auth/me', { token: person.token, json: { name: 'x' } }),
        call(trial, 'POST', '/auth/logout', { token: person.token }),
        ...(trial.strategy === 'session' ? [me(trial, person.token)] : []),
      ]
      for (const answer of await Promise.all(attempts)) assert.equal(problem(answer, 503), 'store-unavailable')
      assert.equal((await me(trial, 'noise')).status, 401)
      trial.breakStores(false)
      assert.equal(await isSignedIn(trial, person.token), true)
      assert.equal((await refresh(trial, person)).status, 200)
    },
  },
  {
    id: 'H26',
    promise: 'every described operation that is not public refuses whoever has no good credential',
    why: 'a route was added and its rule forgotten',
    run: async (trial) => {
      const open = new Set([
        '/auth/register',
        '/auth/login',
        '/.well-known/jwks.json',
        '/.well-known/openid-configuration',
        '/healthz',
        '/openapi.json',
      ])
      const closed = trial.contract.operations.filter(([, path]) => !open.has(path))
      assert.ok(closed.length >= 9)
      for (const [method, path] of closed) {
        const target = path.replaceAll(/\{[^}]+\}/g, 'x'.repeat(22))
        for (const token of [null, 'noise', 'a.b.c']) {
          assert.equal((await call(trial, method, target, { token })).status, 401, `${method} ${path}`)
        }
      }
    },
  },
]
