import fc from 'fast-check'
import { expect, test } from 'vitest'
import { albMulti, functionUrl, httpApi, restApi } from '../testing/fronts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { eventShape } from './event-shape.ts'
import { lambdaHandler } from './lambda-handler.ts'
import { lambdaRequest } from './lambda-request.ts'
import { lambdaResponse } from './lambda-response.ts'

const FRONTS = [restApi, httpApi, functionUrl, albMulti]

const token = fc.stringMatching(/^x-[a-z0-9-]{1,12}$/)
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
const path = fc
  .array(fc.stringMatching(/^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2}){0,8}$/), { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`)
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((each) => each.toWellFormed())
const query = fc.array(fc.tuple(text, text), { maxLength: 5 })
/** A client that repeats a name does so in a row, because the fronts do not keep the order of different names. */
const encodedQuery = query.map((pairs) =>
  [...Map.groupBy(pairs, ([name]) => name).values()]
    .flat()
    .map(([name, each]) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`)
    .join('&'),
)
const body = fc.oneof(fc.constant(null), fc.uint8Array({ minLength: 1, maxLength: 200 }))

const overTheWire = (event: object): unknown => JSON.parse(JSON.stringify(event))
const seenBy = (event: object): ReturnType<typeof lambdaRequest> =>
  lambdaRequest(eventShape(overTheWire(event)), { basePath: '', trustedProxyHops: 0, requestId: 'r' })

test('what a client sends arrives through every front: method, path, query, headers, bytes', () => {
  const headers = fc.dictionary(token, fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 3 })), { maxKeys: 4, noNullPrototype: true })
  fc.assert(
    fc.property(
      fc.constantFrom(...FRONTS),
      fc.constantFrom('GET', 'POST', 'DELETE'),
      path,
      encodedQuery,
      headers,
      body,
      (front, method, at, asked, sent, bytes) => {
        // REST APIs hand bytes over as text unless the type is configured as binary; a JSON API is sent text.
        const content = bytes === null || front !== restApi ? bytes : Buffer.from(Buffer.from(bytes).toString('utf8'))
        const target = asked === '' ? at : `${at}?${asked}`
        const request = seenBy(front.event({ method, target, headers: { ...sent, 'content-type': 'application/octet-stream' }, body: content }))
        expect(request.method).toBe(method)
        expect(request.path).toBe(at)
        const byName = (of: string): unknown => Object.fromEntries(Map.groupBy(new URLSearchParams(of), ([name]) => `=${name}`))
        expect(byName(request.query)).toEqual(byName(asked))
        for (const [name, lines] of Object.entries(sent)) {
          const joined = typeof lines === 'string' ? lines : lines.join(',')
          const got = request.headers[name]
          expect(Array.isArray(got) ? got.join(',') : got).toBe(joined)
        }
        expect(request.body === null ? null : [...(request.body as Uint8Array)]).toEqual(content === null ? null : [...content])
      },
    ),
  )
})

test('what a handler answers arrives through every front: status, headers, every cookie, body', () => {
  const headers = fc.dictionary(token, value, { maxKeys: 4, noNullPrototype: true })
  const status = fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 409, 422, 429, 500, 503)
  fc.assert(
    fc.property(fc.constantFrom(...FRONTS), status, headers, fc.uniqueArray(value, { maxLength: 5 }), text, (front, code, sent, cookies, content) => {
      const lambdaEvent = eventShape(overTheWire(front.event({ method: 'GET', target: '/', headers: {}, body: null })))
      const result = lambdaResponse(lambdaEvent, { status: code, headers: sent, cookies, body: content }, 'r')
      const seen = front.read(overTheWire(result))
      expect(seen).toEqual({ status: code, headers: { 'x-request-id': 'r', ...sent }, cookies, body: content })
    }),
  )
})

test('no event whatever makes the handler do anything but answer or reject', async () => {
  const pieces = fc.constantFrom(...FRONTS.map((front) => front.event({ method: 'GET', target: '/a?b=c', headers: { cookie: 'a=1' }, body: null })))
  await fc.assert(
    fc.asyncProperty(pieces, fc.object({ maxDepth: 3 }), fc.array(fc.string()), async (event, noise, without) => {
      const broken = Object.fromEntries(Object.entries({ ...event, ...noise }).filter(([name]) => !without.includes(name)))
      const run = lambdaHandler({ handle: () => ({ status: 200, headers: {}, cookies: [], body: '' }), onError: () => {} })
      const result = await run(broken, lambdaContext()).catch((error: unknown) => error)
      if (!(result instanceof Error)) expect([200, 500]).toContain((result as { statusCode: number }).statusCode)
    }),
  )
})
