import type { Authorize, Principal, Rule } from '@sallyport/core'
import type { HttpHeaders } from '@sallyport/http'
import { describe, expect, test } from 'vitest'
import type { GuardOptions } from './decider.ts'
import { fetchGuard } from './fetch-guard.ts'
import { guard } from './guard.ts'
import { handlerGuard } from './handler-guard.ts'
import { answerHeaders, ruleOf, withPreflights } from './preflight.ts'
import { protectedRoutes } from './protected-routes.ts'

const APP = 'https://app.example.test'
const SIGNED_IN: Rule = { access: 'signed-in' }
const PUBLIC: Rule = { access: 'public' }
const ADA: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }
const nobody: Authorize = () => ({ allowed: false, refusal: 'unauthenticated', principal: null })
const ada: Authorize = () => ({ allowed: true, principal: ADA })

const routes = protectedRoutes([
  { method: 'GET', path: '/posts', rule: PUBLIC },
  { method: 'POST', path: '/posts', rule: SIGNED_IN },
  { method: 'ANY', path: '/any', rule: SIGNED_IN },
  { method: 'OPTIONS', path: '/own', rule: PUBLIC },
  { method: 'PUT', path: '/own', rule: SIGNED_IN },
])

function guarding(authorize: Authorize, options: Partial<GuardOptions> = {}): ReturnType<typeof guard> {
  const clock = { now: () => 0 }
  return guard({ authorize, clock, transports: ['bearer', 'cookie'], publicUrl: 'https://auth.example.test', allowedOrigins: [APP], ...options })
}

const announcing = (method: string, origin: string = APP): HttpHeaders => ({
  origin,
  'access-control-request-method': method,
  'access-control-request-headers': 'content-type,x-trace',
})
const ask = (path: string, headers: HttpHeaders, method: string = 'OPTIONS') => ({ method, path, headers })

describe('the rule of a request', () => {
  test.each([
    ['of a route that needs a sign-in', ask('/posts', announcing('POST')), { access: 'preflight', methods: 'GET, POST, OPTIONS' }],
    ['of a public route', ask('/posts', announcing('GET')), { access: 'preflight', methods: 'GET, POST, OPTIONS' }],
    [
      'of a route that takes every method',
      ask('/any', announcing('PATCH')),
      { access: 'preflight', methods: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' },
    ],
    ['where OPTIONS is declared for everybody', ask('/own', announcing('PUT')), PUBLIC],
    ['of a method that is not declared', ask('/posts', announcing('DELETE')), null],
    ['of a path that is not declared', ask('/other', announcing('POST')), null],
    ['of a method that is none', ask('/posts', announcing('ANY')), null],
    ['that does not say from where', ask('/posts', { 'access-control-request-method': 'POST' }), null],
    ['that says it twice', ask('/posts', { ...announcing('POST'), origin: [APP, APP] }), null],
    ['that announces two methods', ask('/posts', { ...announcing('POST'), 'access-control-request-method': ['POST', 'GET'] }), null],
    ['that announces nothing', ask('/any', { origin: APP }), SIGNED_IN],
    ['that is no preflight by its method', ask('/posts', announcing('POST'), 'POST'), SIGNED_IN],
  ])('a preflight %s', (_what, request, expected) => {
    expect(ruleOf(routes, request)).toEqual(expected)
  })

  test('without routes a preflight is one where somebody has to sign in, and left to a function that is open', () => {
    expect(ruleOf(SIGNED_IN, ask('/x', announcing('POST')))).toEqual({ access: 'preflight', methods: 'POST, OPTIONS' })
    expect(ruleOf(SIGNED_IN, ask('/x', { origin: APP }))).toBe(SIGNED_IN)
    expect(ruleOf(PUBLIC, ask('/x', announcing('POST')))).toBe(PUBLIC)
  })
})

test('a gateway in front lets OPTIONS through for each path that does not answer it itself, once', () => {
  const rows = [...routes.routes, { method: 'DELETE', path: '/posts/{id}', rule: SIGNED_IN }] as const
  expect(withPreflights(rows)).toEqual([
    ...rows,
    { method: 'OPTIONS', path: '/posts', rule: PUBLIC },
    { method: 'OPTIONS', path: '/any', rule: PUBLIC },
    { method: 'OPTIONS', path: '/posts/{id}', rule: PUBLIC },
  ])
  const twins = [
    { method: 'GET', path: '/x/{id}', rule: SIGNED_IN },
    { method: 'GET', path: '/x/x', rule: SIGNED_IN },
  ] as const
  expect(
    withPreflights(twins)
      .slice(2)
      .map(({ path }) => path),
  ).toEqual(['/x/{id}', '/x/x'])
})

describe('a preflight', () => {
  const answer = (headers: HttpHeaders, options: Partial<GuardOptions> = {}) => {
    const decision = guarding(nobody, options)({ method: 'OPTIONS', headers, requestId: 'r' }, { access: 'preflight', methods: 'POST, OPTIONS' })
    if (decision instanceof Promise || decision.allowed) return expect.fail('let in')
    return decision.response
  }

  test('of an allowed page is granted what it asks, for the methods of the path, with its cookies', () => {
    expect(answer(announcing('POST'))).toMatchObject({
      status: 204,
      body: '',
      headers: {
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'content-type,x-trace',
        vary: 'origin, access-control-request-method, access-control-request-headers',
      },
    })
  })

  test('of any other page is granted nothing', () => {
    for (const origin of ['https://evil.example', 'null', `${APP}.evil.example`, 'https://auth.example.test']) {
      const { status, headers } = answer(announcing('POST', origin))
      expect(status).toBe(204)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test('names no cookies where none are read, and repeats nothing that is no list of headers', () => {
    expect(answer(announcing('POST'), { transports: ['bearer'] }).headers).not.toHaveProperty('access-control-allow-credentials')
    for (const wanted of ['*, x y', 'x\r\ny: z', '', ['a', 'b']])
      expect(answer({ ...announcing('POST'), 'access-control-request-headers': wanted }).headers).toMatchObject({
        'access-control-allow-headers': 'authorization, content-type',
      })
  })
})

describe('an answer to somebody who passes', () => {
  const { handle, fetched } = (() => {
    const decide = guarding(ada)
    const plain = handlerGuard({ guard: decide, onError: () => expect.unreachable() })
    const own = { status: 200, headers: { vary: 'accept', 'x-own': '1' }, cookies: [], body: 'ok' }
    return {
      handle: plain(routes, (request) => (request.path === '/any' ? Promise.resolve(own) : own)),
      fetched: fetchGuard({ guard: decide })(SIGNED_IN, () => Response.redirect('https://elsewhere.example/')),
    }
  })()
  const request = (method: string, path: string, headers: HttpHeaders) => ({
    method,
    path,
    query: '',
    headers,
    body: null,
    address: null,
    requestId: 'r',
  })

  test.each(['/posts', '/any'])('may be read by an allowed page, and says what it varies by (%s)', async (path) => {
    const response = await handle(request('POST', path, { origin: APP }))
    expect(response).toMatchObject({ status: 200, body: 'ok', headers: { 'access-control-allow-origin': APP, vary: 'accept, origin', 'x-own': '1' } })
    expect((await handle(request('POST', path, { origin: 'https://evil.example' }))).headers).toEqual({ vary: 'accept, origin', 'x-own': '1' })
    expect(await handle(request('OPTIONS', path, announcing('POST')))).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': APP } })
    expect((await handle(request('OPTIONS', path, announcing('TRACE')))).status).toBe(path === '/any' ? 200 : 404)
  })

  test('tells an allowed page of a failure, too', async () => {
    const broken = (): never => {
      throw new Error('broken')
    }
    for (const handler of [broken, async () => broken()]) {
      const behind = handlerGuard({ guard: guarding(ada), onError: () => {} })(SIGNED_IN, handler)
      expect(await behind(request('POST', '/', { origin: APP }))).toMatchObject({ status: 500, headers: { 'access-control-allow-origin': APP } })
    }
  })

  test('is one of Fetch, too, also where its headers cannot be changed', async () => {
    const response = await fetched(new Request('https://api.example.test/', { headers: { origin: APP } }))
    expect([response.status, response.headers.get('access-control-allow-origin'), response.headers.get('vary')]).toEqual([302, APP, 'origin'])
    const preflight = await fetched(
      new Request('https://api.example.test/', { method: 'OPTIONS', headers: Object.entries(announcing('POST')) as [string, string][] }),
    )
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'POST, OPTIONS'])
  })

  test('is left alone where Fetch cannot make it again', async () => {
    const answer = Response.error()
    const guarded = fetchGuard({ guard: guarding(ada) })(SIGNED_IN, () => answer)
    expect(await guarded(new Request('https://api.example.test/', { headers: { origin: APP } }))).toBe(answer)
  })

  test('keeps what it says itself', () => {
    expect(answerHeaders({ 'access-control-allow-origin': APP, vary: 'origin' }, { 'access-control-allow-origin': '*' })).toEqual({
      'access-control-allow-origin': '*',
      vary: 'origin',
    })
  })

  test('has nothing added where no origin is allowed', () => {
    expect(guarding(ada, { allowedOrigins: [] })({ method: 'GET', headers: { origin: APP }, requestId: 'r' }, SIGNED_IN)).toEqual({
      allowed: true,
      principal: ADA,
    })
  })
})
