import { overSocket } from '@sallyport/conformance'
import type { HttpHandler, HttpRequest, HttpResponse } from '@sallyport/http'
import { MAX_BODY_BYTES } from '@sallyport/http'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bareServer, frameworkServer, type FrameworkServer } from '../testing/framework-server.ts'
import { googleHandler, type GoogleHandlerOptions } from './google-handler.ts'

const OK: HttpResponse = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, cookies: [], body: 'möglich' }
const ID = 'a-request-id-of-the-test'

const servers: FrameworkServer[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(servers.splice(0).map(({ close }) => close()))
})

interface Mounted {
  readonly url: string
  readonly send: ReturnType<typeof overSocket>
  readonly seen: HttpRequest[]
  readonly errors: unknown[]
}

async function mounted(handle: HttpHandler = () => OK, options: Partial<GoogleHandlerOptions> = {}, serve = frameworkServer): Promise<Mounted> {
  const [seen, errors]: [HttpRequest[], unknown[]] = [[], []]
  const run = googleHandler({
    handle: (request) => {
      seen.push(request)
      return handle(request)
    },
    onError: (error) => errors.push(error),
    newRequestId: () => ID,
    ...options,
  })
  const server = await serve(run)
  servers.push(server)
  return { url: server.url, send: overSocket(server.url), seen, errors }
}

function sendChunks(url: string, chunks: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = process.getBuiltinModule('node:http').request(url, { method: 'POST' }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode))
    })
    outgoing.on('error', reject)
    for (const chunk of chunks) outgoing.write(chunk)
    outgoing.end()
  })
}

const GET = { method: 'GET', target: '/auth/me', headers: {}, body: null } as const

describe('a request', () => {
  test('has the path and the query of its line, never a reading of them', async () => {
    const { send, seen } = await mounted()
    for (const target of ['/auth/%6de?a=1&a=%20b', '//auth//me', '/auth/../me', '/a%2Fb?', '/?q=a?b', '/%zz']) await send({ ...GET, target })
    expect(seen.map(({ path, query }) => [path, query])).toEqual([
      ['/auth/%6de', 'a=1&a=%20b'],
      ['//auth//me', ''],
      ['/auth/../me', ''],
      ['/a%2Fb', ''],
      ['/', 'q=a?b'],
      ['/%zz', ''],
    ])
  })

  test('has every line of a repeated header, and no header that means something by itself', async () => {
    const { send, seen } = await mounted()
    const headers = { authorization: ['Bearer a', 'Bearer b'], cookie: ['a=1', 'b=2'], 'content-type': ['text/plain', 'application/json'] }
    await send({ ...GET, headers: { ...headers, __proto__: 'x', constructor: 'y' } })
    expect(seen[0]?.headers).toMatchObject({ ...headers, constructor: 'y' })
    expect(Object.getPrototypeOf(seen[0]?.headers)).toBe(null)
    expect(seen[0]?.headers['toString']).toBe(undefined)
  })

  test.each([
    ['by the framework', frameworkServer],
    ['by nobody', bareServer],
  ])('has its body byte for byte, read %s', async (_, serve) => {
    const { send, seen } = await mounted(undefined, {}, serve)
    const bytes = Uint8Array.from([0, 255, 10, 13])
    for (const body of [null, bytes, '', '{', 'x'.repeat(MAX_BODY_BYTES), 'x'.repeat(MAX_BODY_BYTES + 1)])
      await send({ ...GET, method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const bodies = seen.map(({ body }) => (body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : body))
    expect(bodies).toEqual([null, Buffer.from(bytes).toString('latin1'), null, '{', 'x'.repeat(MAX_BODY_BYTES), 'too-large'])
  })

  test('whose body comes in chunks is read as one, and refused when it grows too large', async () => {
    const { url, seen } = await mounted(undefined, {}, bareServer)
    for (const chunks of [['{"a"', ':1}'], Array.from({ length: 65 }, () => 'x'.repeat(1024))]) expect(await sendChunks(url, chunks)).toBe(200)
    expect(seen.map(({ body }) => (body instanceof Uint8Array ? Buffer.from(body).toString() : body))).toEqual(['{"a":1}', 'too-large'])
  })

  test('whose body a parser has eaten is answered 500 and never reaches the handler', async () => {
    const { send, seen, errors } = await mounted(undefined, {}, (run) =>
      bareServer((request, response) => {
        request.resume().on('end', () => run(request, response))
      }),
    )
    expect(await send({ ...GET, method: 'POST', body: '{}' })).toMatchObject({ status: 500 })
    expect([seen, errors]).toMatchObject([[], [{ code: 'invariant' }]])
  })

  test.each([
    ['0123456789abcdef0123456789abcdef/123;o=1', undefined, '0123456789abcdef0123456789abcdef'],
    ['0123456789abcdef0123456789abcdef', 'k3pq8x1abcde', '0123456789abcdef0123456789abcdef'],
    ['0123456789abcdef0123456789abcdef\t{"forged":1}', 'k3pq8x1abcde', 'k3pq8x1abcde'],
    ['short', 'has blanks and more', ID],
    [undefined, 'x'.repeat(65), ID],
    [undefined, undefined, ID],
  ])('with trace %s and execution id %s is called %s', async (trace, execution, expected) => {
    const { send, seen } = await mounted()
    const headers = { ...(trace && { 'x-cloud-trace-context': trace }), ...(execution && { 'function-execution-id': execution }) }
    const { headers: answered } = await send({ ...GET, headers })
    expect([seen[0]?.requestId, answered['x-request-id']]).toEqual([expected, expected])
  })
})

describe('the address of the client', () => {
  test.each([
    [0, ['6.6.6.6, 203.0.113.7'], '203.0.113.7'],
    [0, ['6.6.6.6', '203.0.113.7'], '203.0.113.7'],
    [0, ['203.0.113.7'], '203.0.113.7'],
    [1, ['6.6.6.6, 203.0.113.7, 34.1.2.3'], '203.0.113.7'],
    [1, ['203.0.113.7'], '203.0.113.7'],
    [0, ['203.0.113.7, '], null],
    [0, [' 2001:db8::1'], '2001:db8::1'],
  ])('behind %i own proxies of %j is %s', async (trustedProxyHops, lines, expected) => {
    const { send, seen } = await mounted(undefined, { trustedProxyHops })
    await send({ ...GET, headers: { 'x-forwarded-for': lines, forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6' } })
    expect(seen[0]?.address).toBe(expected)
  })

  test('is whoever connects where nothing forwards', async () => {
    const { send, seen } = await mounted()
    await send(GET)
    expect(seen[0]?.address).toMatch(/127\.0\.0\.1$/)
  })
})

describe('behind API Gateway', () => {
  const sent = { authorization: 'Bearer of-the-gateway', 'x-forwarded-authorization': 'Bearer of-the-client', 'x-apigateway-api-userinfo': 'e30' }

  test('the credential is the forwarded one', async () => {
    const { send, seen } = await mounted(undefined, { front: 'api-gateway' })
    await send({ ...GET, headers: sent })
    expect(seen[0]?.headers['authorization']).toBe('Bearer of-the-client')
  })

  test('there is none without it, and none of two is chosen', async () => {
    const { send, seen } = await mounted(undefined, { front: 'api-gateway' })
    await send({ ...GET, headers: { authorization: 'Bearer of-the-gateway' } })
    await send({ ...GET, headers: { ...sent, 'x-forwarded-authorization': ['Bearer a', 'Bearer b'] } })
    expect(seen.map(({ headers }) => headers['authorization'])).toEqual([undefined, ['Bearer a', 'Bearer b']])
  })

  test('nobody believes the forwarded one where no such front is named', async () => {
    const { send, seen } = await mounted()
    await send({ ...GET, headers: sent })
    expect(seen[0]?.headers['authorization']).toBe('Bearer of-the-gateway')
  })
})

describe('an answer', () => {
  test('has every cookie on a line of its own, its length, and what the framework set before', async () => {
    const cookies = ['__Host-a=1; Path=/; Secure', '__Host-b=2; Path=/; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT']
    const { send } = await mounted(
      async () => ({ ...OK, headers: { ...OK.headers, vary: 'origin' }, cookies }),
      {},
      (run) =>
        frameworkServer((request, response) => {
          response.setHeader('vary', 'accept')
          response.setHeader('x-before', '1')
          return run(request, response)
        }),
    )
    const answer = await send(GET)
    expect(answer).toMatchObject({ status: 200, cookies, body: 'möglich' })
    expect(answer.headers).toMatchObject({ 'content-length': '8', vary: 'origin', 'x-before': '1', 'content-type': 'text/plain; charset=utf-8' })
    expect(answer.headers['transfer-encoding']).toBe(undefined)
  })

  test('to HEAD and without content has no length', async () => {
    const { send } = await mounted(({ method }) => (method === 'HEAD' ? { ...OK, body: '' } : { ...OK, status: 204, headers: {}, body: '' }))
    expect((await send({ ...GET, method: 'HEAD' })).headers['content-length']).toBe(undefined)
    expect((await send(GET)).headers['content-length']).toBe(undefined)
  })
})

describe('nothing reaches the framework', () => {
  const failures: readonly (readonly [string, HttpHandler])[] = [
    [
      'an exception',
      () => {
        throw new Error('secret')
      },
    ],
    ['a rejection', () => Promise.reject(new Error('secret'))],
    ['no answer at all', () => undefined as unknown as HttpResponse],
    ['a header that cannot be written', () => ({ ...OK, headers: { 'x-bad': 'a\r\nset-cookie: b' }, cookies: ['c=d'] })],
  ]

  test.each(failures)('of %s: 500 without detail, without cookies, and a report', async (_, handle) => {
    const { send, errors } = await mounted(handle, {}, (run) =>
      frameworkServer((request, response) => {
        response.setHeader('set-cookie', 'planted=1')
        return run(request, response)
      }),
    )
    const answer = await send(GET)
    expect(answer).toMatchObject({ status: 500, cookies: [], headers: { 'content-type': 'application/problem+json; charset=utf-8' } })
    expect(JSON.parse(answer.body)).toEqual({
      type: 'urn:sallyport:problem:internal',
      title: 'Something went wrong here',
      status: 500,
      requestId: ID,
    })
    expect(errors).toHaveLength(1)
  })

  test('of a report that fails', async () => {
    const { send } = await mounted(failures[0]![1], {
      onError: () => {
        throw new Error('full')
      },
    })
    expect(await send(GET)).toMatchObject({ status: 500 })
  })

  test('of a client that leaves in the middle of its body: no answer, no report', async () => {
    const handle = vi.fn<HttpHandler>(() => OK)
    const errors: unknown[] = []
    const run = googleHandler({ handle, onError: (error) => errors.push(error) })
    const done = Promise.withResolvers<void>()
    const server = await bareServer((request, response) => void run(request, response).then(done.resolve, done.reject))
    servers.push(server)
    const { connect } = process.getBuiltinModule('node:net')
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"a"', () => socket.destroy())
    })
    await done.promise
    expect([handle.mock.calls, errors]).toEqual([[], []])
  })
})
