import { ConfigurationError, ConflictError, InvariantError, OverloadedError, StoreUnavailableError, type PasswordHasher } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { bearer, PASSWORD, SETTINGS, testApplication } from '../test/test-application.ts'
import { refusedBy } from './challenges.ts'
import { failure } from './failure.ts'
import { httpApplication } from './http-application.ts'
import { problems, problemType } from './problems.ts'

const SECRET = 'the secret cause'

it('keeps every type and its status: clients rely on them, so this list only grows', () => {
  expect(Object.entries(problems).map(([code, { status }]) => `${status} urn:sallyport:problem:${code}`)).toEqual([
    '400 urn:sallyport:problem:malformed-body',
    '400 urn:sallyport:problem:unexpected-body',
    '401 urn:sallyport:problem:bad-credentials',
    '401 urn:sallyport:problem:unauthenticated',
    '401 urn:sallyport:problem:not-fresh',
    '403 urn:sallyport:problem:forbidden',
    '403 urn:sallyport:problem:wrong-password',
    '403 urn:sallyport:problem:cross-site',
    '404 urn:sallyport:problem:not-found',
    '405 urn:sallyport:problem:method-not-allowed',
    '409 urn:sallyport:problem:identity-taken',
    '409 urn:sallyport:problem:conflict',
    '413 urn:sallyport:problem:body-too-large',
    '415 urn:sallyport:problem:unsupported-media-type',
    '422 urn:sallyport:problem:invalid-input',
    '422 urn:sallyport:problem:password-refused',
    '429 urn:sallyport:problem:rate-limited',
    '500 urn:sallyport:problem:internal',
    '503 urn:sallyport:problem:store-unavailable',
    '503 urn:sallyport:problem:overloaded',
  ])
  expect(problemType('conflict')).toBe('urn:sallyport:problem:conflict')
})

describe('what is thrown', () => {
  it.each([
    [new StoreUnavailableError(SECRET, { retryAfterSeconds: 2.2 }), 503, 'store-unavailable', '3'],
    [new StoreUnavailableError(SECRET, { retryAfterSeconds: Number.NaN }), 503, 'store-unavailable', '1'],
    [new OverloadedError(SECRET, 0), 503, 'overloaded', '1'],
    [new ConflictError(SECRET), 409, 'conflict', undefined],
    [new InvariantError(SECRET), 500, 'internal', undefined],
    [new ConfigurationError(SECRET), 500, 'internal', undefined],
    [new TypeError(SECRET), 500, 'internal', undefined],
    [SECRET, 500, 'internal', undefined],
    [null, 500, 'internal', undefined],
  ])('%s is %d %s', (error, status, code, retryAfter) => {
    const { problem } = failure(error)
    expect([problems[problem.code].status, problem.code, problem.headers?.['retry-after']]).toEqual([status, code, retryAfter])
  })

  it.each(['session', 'jwt'] as const)('is reported once and told to nobody else (%s strategy)', async (strategy) => {
    const app = await testApplication({ strategy })
    const { accessToken } = (await app.registered()).json
    const cause = new StoreUnavailableError(SECRET)
    app.breakStore(/^(users|sessions)\./, cause)
    const requests = [
      ['POST', '/auth/login', { body: { email: 'ada@example.com', password: PASSWORD } }],
      ['POST', '/auth/register', { body: { email: 'eve@example.com', password: PASSWORD } }],
      ['POST', '/auth/logout', { headers: bearer(accessToken) }],
      ['GET', '/auth/sessions', { headers: bearer(accessToken) }],
      ['DELETE', '/auth/sessions', { headers: bearer(accessToken) }],
    ] as const
    for (const [method, path, sent] of requests) {
      const { status, headers, body } = await app.send(method, path, sent)
      expect([path, status, headers['retry-after']]).toEqual([path, 503, '1'])
      expect(body).not.toContain(SECRET)
    }
    expect(app.errors).toEqual(requests.map(() => cause))
    // Where nothing is read there is nothing to fail.
    expect((await app.send('GET', '/auth/me', { headers: bearer(accessToken) })).status).toBe(strategy === 'jwt' ? 200 : 503)
  })

  it('is a 500 without detail when nobody expected it, also when its report fails', async () => {
    const app = await testApplication()
    const { accessToken } = (await app.registered()).json
    app.breakStore(/^sessions\.find/, new TypeError(SECRET))
    const response = await app.send('GET', '/auth/me', { headers: bearer(accessToken) })
    expect([response.status, response.json]).toEqual([
      500,
      { type: 'urn:sallyport:problem:internal', title: problems.internal.title, status: 500, requestId: 'request-1' },
    ])
    const careless = httpApplication({
      authentication: app.authentication,
      settings: SETTINGS,
      onError: () => {
        throw new Error(SECRET)
      },
    })
    const request = { method: 'GET', path: '/auth/me', query: '', headers: bearer(accessToken), body: null, address: null, requestId: 'r' }
    expect((await careless.handle(request)).status).toBe(500)
    expect((await httpApplication({ authentication: app.authentication, settings: SETTINGS }).handle(request)).status).toBe(500)
  })

  it('is 503 with Retry-After when no more passwords can be checked', async () => {
    const full = () => Promise.reject(new OverloadedError('full', 4))
    const hasher: PasswordHasher = { hash: full, verify: full }
    const app = await testApplication({ hasher })
    const { status, headers, json } = await app.send('POST', '/auth/login', { body: { email: 'ada@example.com', password: PASSWORD } })
    expect([status, headers['retry-after'], json.type]).toEqual([503, '4', 'urn:sallyport:problem:overloaded'])
  })
})

describe('refusals of a rule', () => {
  const challenge = (...[refusal, rule, sent]: Parameters<typeof refusedBy>): unknown => {
    const { problem } = refusedBy(refusal, rule, sent)
    return [problem.code, problem.headers?.['www-authenticate']]
  }
  const rule = { access: 'signed-in', freshSeconds: 300, roles: ['admin'] } as const

  it('challenge as RFC 6750 and RFC 9470 say', () => {
    expect(challenge('unauthenticated', rule, false)).toEqual(['unauthenticated', 'Bearer realm="sallyport"'])
    expect(challenge('unauthenticated', rule, true)).toEqual(['unauthenticated', 'Bearer realm="sallyport", error="invalid_token"'])
    expect(challenge('not-fresh', rule, true)).toEqual([
      'not-fresh',
      'Bearer realm="sallyport", error="insufficient_user_authentication", max_age="300"',
    ])
    expect(challenge('forbidden', rule, true)).toEqual(['forbidden', undefined])
    expect(challenge('forbidden', { access: 'signed-in', scopes: ['users:read', 'users:write'] }, true)).toEqual([
      'forbidden',
      'Bearer realm="sallyport", error="insufficient_scope", scope="users:read users:write"',
    ])
  })
})

describe('input', () => {
  it('is told where it is wrong, and never back', async () => {
    const app = await testApplication()
    const { json, body } = await app.send('POST', '/auth/register', {
      body: { email: 'hunter2', password: 12345678, name: 'x'.repeat(129), 'a/b~c': 1 },
    })
    expect(json.errors).toEqual([
      { pointer: '#/password', detail: 'Must be a text.' },
      { pointer: '#/name', detail: 'Must have 1 to 128 characters.' },
      { pointer: '#/a~1b~0c', detail: 'Is not known here.' },
    ])
    expect(body).not.toMatch(/hunter2|12345678|xxx/)
    const missing = await app.send('POST', '/auth/login', { body: { transport: 'pigeon' } })
    expect(missing.json.errors).toEqual([
      { pointer: '#/email', detail: 'Is missing.' },
      { pointer: '#/password', detail: 'Is missing.' },
      { pointer: '#/transport', detail: 'Must be one of ("bearer" | "cookie").' },
    ])
    expect((await app.send('POST', '/auth/register', { body: { email: 'nobody', password: PASSWORD } })).json.errors).toEqual([
      { pointer: '#/email', detail: 'Must be one e-mail address.' },
    ])
  })

  it('tells why a password is refused', async () => {
    const app = await testApplication()
    for (const [password, reason] of [
      ['short', 'too-short'],
      ['x'.repeat(257), 'too-long'],
      ['passwordpassword', 'common'],
      ['ada@example.com1', 'context'],
    ] as const) {
      const { status, json } = await app.send('POST', '/auth/register', { body: { email: 'ada@example.com', password } })
      expect([status, json.type, json.reason]).toEqual([422, 'urn:sallyport:problem:password-refused', reason])
    }
    const { accessToken } = (await app.registered()).json
    const same = await app.send('POST', '/auth/password', {
      headers: bearer(accessToken),
      body: { currentPassword: PASSWORD, newPassword: PASSWORD },
    })
    expect([same.json.reason, same.json.errors[0]?.pointer]).toEqual(['unchanged', '#/newPassword'])
  })

  it('bounds names and attributes', async () => {
    const app = await testApplication()
    const { accessToken } = (await app.registered()).json
    const patch = (body: unknown) => app.send('PATCH', '/auth/me', { headers: bearer(accessToken), body })
    const bad = ['', 'a\nb', 'a\u0000', '\u0085', '🙂'.repeat(129)].map((name) => ({ name }))
    const wrong = [{ a: 'x'.repeat(1024) }, { ['k'.repeat(65)]: 1 }, { a: { ['k'.repeat(65)]: 1 } }, { a: 'é'.repeat(512) }].map((attributes) => ({
      attributes,
    }))
    for (const body of [{}, ...bad, ...wrong, '{"attributes":{"a":1e999}}', '{"attributes":{"a":[{"b":-1e999}]}}'])
      expect([body, (await patch(body)).status]).toEqual([body, 422])
    for (const body of [
      { name: '🙂'.repeat(128) },
      { name: null },
      { attributes: {} },
      { attributes: { ['k'.repeat(64)]: [1, null, true, { deep: 'é'.repeat(400) }] } },
    ]) {
      expect((await patch(body)).json.user).toMatchObject(body)
    }
  })
})

it('does not tell at sign-in whether an account exists', async () => {
  const app = await testApplication()
  await app.registered()
  const answers = await Promise.all(
    ['ada@example.com', 'nobody@example.com', 'no address', ''].map((email) =>
      app.send('POST', '/auth/login', { body: { email, password: 'wrong' } }),
    ),
  )
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(answers[0]?.json.type).toBe('urn:sallyport:problem:bad-credentials')
})
