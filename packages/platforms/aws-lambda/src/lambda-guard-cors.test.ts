import type { Rule } from '@sallyport/core'
import { guard, protectedRoutes } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { albMulti, albSingle, functionUrl, httpApi, restApi, type Front } from '../testing/fronts.ts'
import { guardParts, principal } from '../testing/guard-parts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { withCors } from './cors-headers.ts'
import { eventShape } from './event-shape.ts'
import { lambdaGuard } from './lambda-guard.ts'

const APP = 'https://app.example.com'
const SIGNED_IN: Rule = { access: 'signed-in' }
const ROUTES = protectedRoutes([
  { method: 'POST', path: '/posts', rule: SIGNED_IN },
  { method: 'GET', path: '/posts/{id}', rule: SIGNED_IN },
])
const parts = { ...guardParts({ ada: principal('ada') }), allowedOrigins: [APP] }
const FRONTS = [restApi, httpApi, functionUrl, albMulti, albSingle]
const eventOf = (front: Front, target: string, headers: Record<string, string>, template?: string): object => {
  const [method = '', path = ''] = target.split(' ')
  return front.event({ method, target: path, headers, body: null }, template === undefined ? {} : { template })
}
const announcing = { origin: APP, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }

async function ask(front: Front, target: string, headers: Record<string, string>, template?: string) {
  const answer = { statusCode: 200, ...(front.name.startsWith('ALB') ? { statusDescription: '200 OK' } : {}), body: 'ok' }
  const run = lambdaGuard({ guard: guard(parts), onError: () => expect.unreachable(), singleValueHeaders: true })(ROUTES, () => answer)
  const result = (await run(eventOf(front, target, headers, template), lambdaContext())) as object
  return front.read(result)
}

describe.each(FRONTS)('behind $name', (front) => {
  it('a preflight of a declared route is answered without a credential, and the function does not run', async () => {
    const { status, headers } = await ask(front, 'OPTIONS /posts', announcing)
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type',
    })
    expect((await ask(front, 'OPTIONS /posts', { ...announcing, origin: 'https://evil.example' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
    expect((await ask(front, 'OPTIONS /other', announcing)).status).toBe(404)
    expect((await ask(front, 'OPTIONS /posts', { origin: APP })).status).toBe(404)
  })

  it('an answer may be read by an allowed page, and by no other', async () => {
    const token = { authorization: 'Bearer ada' }
    const { status, headers, body } = await ask(front, 'POST /posts', { ...token, origin: APP })
    expect([status, body]).toEqual([200, 'ok'])
    expect(headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'origin' })
    expect((await ask(front, 'POST /posts', { ...token, origin: 'https://evil.example' })).headers).not.toHaveProperty('access-control-allow-origin')
    expect((await ask(front, 'POST /posts', { origin: APP })).headers).toMatchObject({ 'access-control-allow-origin': APP })
  })
})

it('a page of an allowed origin may read that a function has failed', async () => {
  const run = lambdaGuard({ guard: guard(parts), onError: () => {} })(ROUTES, () => Promise.reject(new Error('broken')))
  const result = await run(eventOf(httpApi, 'POST /posts', { authorization: 'Bearer ada', origin: APP }), lambdaContext())
  expect(httpApi.read(result)).toMatchObject({ status: 500, headers: { 'access-control-allow-origin': APP, vary: 'origin' } })
})

it('a preflight of a route of a gateway is one, whatever its template is called', async () => {
  for (const front of [restApi, httpApi])
    expect((await ask(front, 'OPTIONS /posts/7', { ...announcing, 'access-control-request-method': 'GET' }, '/posts/{post-id}')).status).toBe(204)
})

describe('what a function says itself', () => {
  const cors = { 'access-control-allow-origin': APP, vary: 'origin' }
  const shaped = (front: Front) => eventShape(eventOf(front, 'GET /', {}))

  it('stands, in whatever spelling, and both say what the answer varies by', () => {
    const headers = { 'Access-Control-Allow-Origin': '*', Vary: 'accept', 'X-Own': '1' }
    expect(withCors(shaped(httpApi), { statusCode: 200, headers }, cors)).toEqual({
      statusCode: 200,
      headers: { ...headers, Vary: 'accept, origin' },
    })
    expect(withCors(shaped(albMulti), { statusCode: 200, multiValueHeaders: { Vary: ['accept'] } }, cors)).toEqual({
      statusCode: 200,
      multiValueHeaders: { Vary: ['accept', 'origin'], 'access-control-allow-origin': [APP] },
    })
    expect(withCors(shaped(restApi), { statusCode: 200, headers: { a: 'b' }, multiValueHeaders: { vary: ['accept'] } }, cors)).toEqual({
      statusCode: 200,
      headers: { a: 'b', 'access-control-allow-origin': APP },
      multiValueHeaders: { vary: ['accept', 'origin'] },
    })
  })

  it('may be that it has no headers', () => {
    for (const front of [httpApi, albMulti]) {
      const name = front === albMulti ? 'multiValueHeaders' : 'headers'
      const answer = withCors(shaped(front), { statusCode: 200, headers: null, multiValueHeaders: null }, cors)
      expect(Object.keys(answer[name] ?? {})).toEqual(['access-control-allow-origin', 'vary'])
    }
  })

  it('is left alone when it has no status, or where no origin is allowed', () => {
    for (const result of ['text', null, undefined, { any: 'object' }, 7]) expect(withCors(shaped(httpApi), result, cors)).toBe(result)
    const answer = { statusCode: 204 }
    expect(withCors(shaped(httpApi), answer, undefined)).toBe(answer)
  })
})
