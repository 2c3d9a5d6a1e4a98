import type { Principal } from '@sallyport/core'
import { guard, protectedRoutes } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { azureRequest, invocation } from '../testing/azure-request.ts'
import { azureGuard } from './azure-guard.ts'
import { withCors } from './cors-headers.ts'

const APP = 'https://app.example.test'
const ADA: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }
const cors = { 'access-control-allow-origin': APP, vary: 'origin' }
const read = (answer: unknown): Record<string, string> => Object.fromEntries(new Headers((answer as { headers: [string, string][] }).headers))

describe('what a function answers', () => {
  it.each([
    ['none', undefined, cors],
    ['no headers said', null, cors],
    ['a record', { Vary: 'accept', 'X-Own': '1' }, { ...cors, vary: 'accept, origin', 'x-own': '1' }],
    ['pairs', [['x-own', '1']], { ...cors, 'x-own': '1' }],
    ['its own word', { 'Access-Control-Allow-Origin': '*' }, { 'access-control-allow-origin': '*', vary: 'origin' }],
    ['Headers', new Headers({ vary: 'accept' }), { ...cors, vary: 'accept, origin' }],
    ['a map', new Map([['x-own', '1']]), { ...cors, 'x-own': '1' }],
    ['a variance that is said already', { vary: 'Origin, accept' }, { ...cors, vary: 'Origin, accept' }],
    [
      'a variance said twice',
      [
        ['vary', 'accept'],
        ['Vary', 'cookie'],
      ],
      { ...cors, vary: 'accept, cookie, origin' },
    ],
  ])('has what a page needs beside its headers: %s', (_what, headers, expected) => {
    const answer = withCors({ status: 201, ...(headers === undefined ? {} : { headers }) }, cors)
    expect(answer.status).toBe(201)
    expect(read(answer)).toEqual(expected)
  })

  it('is left alone when it is no object, or where no origin is allowed', () => {
    for (const answer of ['text', undefined, null]) expect(withCors(answer, cors)).toBe(answer)
    const answer = { status: 200 }
    expect(withCors(answer, undefined)).toBe(answer)
  })
})

describe('what a function gave', () => {
  it('is never changed, so that headers may be shared by answers', () => {
    const headers = new Headers({ vary: 'accept' })
    const origins = ['https://a.example', 'https://b.example', 'https://b.example']
    const answers = origins.map((origin) => withCors({ status: 200, headers }, { ...cors, 'access-control-allow-origin': origin }))
    expect(answers.map(read)).toEqual(origins.map((origin) => ({ 'access-control-allow-origin': origin, vary: 'accept, origin' })))
    expect([...headers]).toEqual([['vary', 'accept']])
  })

  it('may be an answer that was fetched, whose headers cannot be changed', async () => {
    const answer = withCors(await fetch('data:text/plain,hello'), cors)
    expect([answer.status, await new Response(answer.body).text()]).toEqual([200, 'hello'])
    expect(read(answer)).toEqual({ ...cors, 'content-type': 'text/plain' })
  })

  it('may be of a class, which has getters for all that it holds', () => {
    const cookies = [{ name: 'a', value: '1' }]
    class Own {
      readonly #headers: Headers = new Headers({ 'x-own': '1' })
      get status(): number {
        return 201
      }
      get cookies(): readonly object[] {
        return cookies
      }
      get headers(): Headers {
        return this.#headers
      }
    }
    const given = new Own()
    const answer = withCors<object>(given, cors)
    expect(answer).toMatchObject({ status: 201, cookies })
    expect(read(answer)).toEqual({ ...cors, 'x-own': '1' })
    expect([...given.headers]).toEqual([['x-own', '1']])
  })

  it('may set several cookies by header', () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    const { headers: sent } = withCors<{ readonly headers: Headers | [string, string][] }>({ headers }, cors)
    expect(new Headers(sent).getSetCookie()).toEqual(['a=1', 'b=2'])
  })
})

it('a page of an allowed origin gets its preflight and may read the answer; another gets neither', async () => {
  const options = { clock: { now: () => 0 }, transports: ['bearer'], publicUrl: 'https://auth.example.test', allowedOrigins: [APP] } as const
  const decide = guard({ ...options, authorize: () => ({ allowed: true, principal: ADA }) })
  const routes = protectedRoutes([{ method: 'POST', path: '/posts', rule: { access: 'signed-in' } }])
  const serve = azureGuard({ guard: decide, onError: () => expect.unreachable() })(routes, () => ({ status: 200, body: 'done' }))
  const send = async (method: string, headers: Record<string, string>, target = '/posts') => {
    const answer = (await serve(azureRequest({ method, target, headers }), invocation())) as { readonly status: number; readonly headers?: object }
    return { status: answer.status, headers: 'headers' in answer ? read(answer) : {} }
  }
  const announcing = { origin: APP, 'access-control-request-method': 'POST' }
  expect(await send('POST', { origin: APP })).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': APP } })
  expect(await send('OPTIONS', announcing)).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': 'POST, OPTIONS' } })
  expect((await send('OPTIONS', announcing, '/other')).status).toBe(404)
  const foreign = { ...announcing, origin: 'https://evil.example' }
  expect((await send('POST', foreign)).headers).not.toHaveProperty('access-control-allow-origin')
  expect((await send('OPTIONS', foreign)).headers).not.toHaveProperty('access-control-allow-origin')
})

it('a page of an allowed origin may read that a function has failed', async () => {
  const options = { clock: { now: () => 0 }, transports: ['bearer'], publicUrl: 'https://auth.example.test', allowedOrigins: [APP] } as const
  const decide = guard({ ...options, authorize: () => ({ allowed: true, principal: ADA }) })
  const serve = azureGuard({ guard: decide, onError: () => {} })({ access: 'signed-in' }, () => Promise.reject(new Error('broken')))
  const answer = await serve(azureRequest({ method: 'POST', target: '/', headers: { origin: APP } }), invocation())
  expect(answer).toMatchObject({ status: 500, headers: { 'access-control-allow-origin': APP, vary: 'origin' } })
})
