import { MAX_BODY_BYTES, type HttpHandler, type HttpRequest, type HttpResponse } from '@sallyport/http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { azureRequest, invocation } from '../testing/azure-request.ts'
import { azureHandler, type AzureHandlerOptions, type AzureRequest, type AzureResponse } from './index.ts'

const OK: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{"ok":true}' }

interface Running {
  readonly serve: (request: AzureRequest) => Promise<AzureResponse>
  readonly seen: HttpRequest[]
  readonly errors: [unknown, string | null][]
}

function running(handle: HttpHandler = () => OK, options: Partial<AzureHandlerOptions> = {}): Running {
  const seen: HttpRequest[] = []
  const errors: Running['errors'] = []
  const serve = azureHandler({
    handle: (request) => {
      seen.push(request)
      return handle(request)
    },
    onError: (error, requestId) => errors.push([error, requestId]),
    ...options,
  })
  return { serve: (request) => serve(request, { invocationId: 'the-invocation' }), seen, errors }
}

afterEach(() => vi.useRealTimers())

describe('a request', () => {
  it('has method, path and query as they stand in the URL', async () => {
    const { serve, seen } = running()
    await serve(azureRequest({ method: 'DELETE', target: '/Auth/sessions/a%2Fb?x=1&x=2&y=%20?z', headers: { 'X-Thing': 'Value' } }))
    expect(seen[0]).toMatchObject({ method: 'DELETE', path: '/Auth/sessions/a%2Fb', query: 'x=1&x=2&y=%20?z', body: null })
    expect(seen[0]?.headers['x-thing']).toBe('Value')
  })

  it.each([
    ['https://h', '/', ''],
    ['https://h?a=1', '/', ''],
    ['https://h/?a=1', '/', 'a=1'],
    ['https://h//auth/me', '//auth/me', ''],
    ['https://h/a?b=c://d/e', '/a', 'b=c://d/e'],
  ])('of %s', async (url, path, query) => {
    const { serve, seen } = running()
    const { method, headers, body } = azureRequest({})
    await serve({ method, headers, body, url })
    expect(seen[0]).toMatchObject({ path, query })
  })

  it('is named by its sender, if the name is harmless, or by its invocation', async () => {
    const { serve, seen } = running()
    await serve(azureRequest({ headers: { 'x-request-id': 'sender-7_named' } }))
    await serve(azureRequest({ headers: { 'x-request-id': 'a b' } }))
    await serve(azureRequest({ headers: { 'x-request-id': ['sender-7', 'sender-8'] } }))
    await serve(azureRequest({}))
    expect(seen.map(({ requestId }) => requestId)).toEqual(['sender-7_named', 'the-invocation', 'the-invocation', 'the-invocation'])
  })

  it.each([
    [0, '203.0.113.7:51234', '203.0.113.7'],
    [0, '6.6.6.6, 203.0.113.7:51234', '203.0.113.7'],
    [1, '6.6.6.6, 203.0.113.7, 10.0.0.4:4711', '203.0.113.7'],
    [2, '203.0.113.7, 10.0.0.9:80, 10.0.0.4:4711', '203.0.113.7'],
    [0, '[2001:db8::7]:51234', '2001:db8::7'],
    [0, null, null],
  ])('comes, behind %i proxies and with X-Forwarded-For %s, from %s', async (trustedProxyHops, header, address) => {
    const { serve, seen } = running(undefined, { trustedProxyHops })
    await serve(azureRequest({ headers: header === null ? {} : { 'x-forwarded-for': header } }))
    expect(seen[0]?.address).toBe(address)
  })
})

describe('a body', () => {
  const streamed = (pieces: readonly number[], end: 'close' | 'error' | 'open' = 'close'): AzureRequest & { readonly pulled: () => number } => {
    let index = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          const size = pieces[index++]
          if (size !== undefined) controller.enqueue(new Uint8Array(size).fill(97))
          else if (end === 'close') controller.close()
          else if (end === 'error') controller.error(new Error('aborted'))
          else controller.enqueue(new Uint8Array(16 * 1024))
        },
        cancel: () => {
          throw new Error('the stream was cancelled')
        },
      },
      { highWaterMark: 0 },
    )
    return { method: 'POST', url: 'https://h/', headers: azureRequest({}).headers, body, pulled: () => index }
  }
  const sizeSeen = async (request: AzureRequest): Promise<unknown> => {
    const { serve, seen } = running()
    await serve(request)
    const body = seen[0]?.body
    return body instanceof Uint8Array ? body.byteLength : body
  }

  it('is joined from its pieces', async () => {
    const { serve, seen } = running()
    await serve(azureRequest({ method: 'POST', body: 'äb' }))
    expect(seen[0]?.body).toEqual(Buffer.from('äb'))
    expect(await sizeSeen(streamed([3, 4, 5]))).toBe(12)
  })

  it('that is empty is none', async () => {
    expect(await sizeSeen(streamed([]))).toBeNull()
    expect(await sizeSeen(azureRequest({ method: 'POST' }))).toBeNull()
  })

  it('may be as long as the limit and no longer', async () => {
    expect(await sizeSeen(streamed([MAX_BODY_BYTES]))).toBe(MAX_BODY_BYTES)
    expect(await sizeSeen(streamed([MAX_BODY_BYTES, 1]))).toBe('too-large')
  })

  it('without an end is read no further than a mebibyte, and never cancelled', async () => {
    const endless = streamed([], 'open')
    expect(await sizeSeen(endless)).toBe('too-large')
    expect(endless.pulled()).toBeLessThanOrEqual(66)
  })

  it('that breaks off is its sender’s failure', async () => {
    const { serve, seen, errors } = running()
    expect((await serve(streamed([10], 'error'))).status).toBe(400)
    expect([seen, errors]).toEqual([[], []])
  })
})

describe('an answer', () => {
  it('has its cookies apart and names the request', async () => {
    const cookies = ['a=1; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax', 'b=2; Path=/']
    const { serve } = running(async () => ({ ...OK, cookies }))
    expect(await serve(azureRequest({}))).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-request-id': 'the-invocation' },
      cookies: [
        { name: 'a', value: '1', maxAge: 60, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
        { name: 'b', value: '2', path: '/' },
      ],
      body: '{"ok":true}',
    })
  })

  it('without a body has none', async () => {
    expect(await running(() => ({ ...OK, status: 204, body: '' })).serve(azureRequest({}))).not.toHaveProperty('body')
  })

  const broken: readonly [string, HttpHandler][] = [
    [
      'a handler that throws',
      () => {
        throw new Error('a secret')
      },
    ],
    ['a handler that rejects', () => Promise.reject(new Error('a secret'))],
    ['a cookie that the platform would change', () => ({ ...OK, cookies: ['a=b c'] })],
    ['a header that cannot be sent', () => ({ ...OK, headers: { 'x-thing': 'a\r\nb: c' } })],
  ]
  it.each(broken)('to %s is 500 without detail, and its cause is told', async (_, handle) => {
    const { serve, errors } = running(handle)
    const { status, headers, body } = await serve(azureRequest({}))
    expect([status, headers['content-type'], JSON.parse(body ?? '')]).toEqual([
      500,
      'application/problem+json; charset=utf-8',
      { type: 'urn:sallyport:problem:internal', title: 'Something went wrong here', status: 500, requestId: 'the-invocation' },
    ])
    expect(errors).toEqual([[expect.any(Error), 'the-invocation']])
  })

  it('is there even when the cause cannot be told', async () => {
    const { serve } = running(() => Promise.reject(new Error('first')), {
      onError: () => {
        throw new Error('second')
      },
    })
    expect((await serve(azureRequest({}))).status).toBe(500)
  })
})

describe('a deadline', () => {
  it('makes the answer 503, and what comes later is only told when it failed', async () => {
    vi.useFakeTimers()
    let reject: (error: Error) => void = () => {}
    const { serve, errors } = running(
      () =>
        new Promise((_, fail) => {
          reject = fail
        }),
      { deadlineMs: 1000 },
    )
    const answer = serve(azureRequest({}))
    await vi.advanceTimersByTimeAsync(1000)
    expect(await answer).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'cache-control': 'no-store' } })
    reject(new Error('late'))
    await vi.advanceTimersByTimeAsync(0)
    expect(errors.map(([error]) => (error as Error).message)).toEqual(['There was no answer within 1000 ms.', 'late'])
  })

  it('that is missed while the body is on its way is the end: what comes later is nobody’s', async () => {
    vi.useFakeTimers()
    const sent = Promise.withResolvers<void>()
    const { serve, seen, errors } = running(undefined, { deadlineMs: 1000 })
    const { method, url, headers } = azureRequest({ method: 'POST' })
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void sent.promise.then(() => controller.close()) })
    const answer = serve({ method, url, headers, body })
    await vi.advanceTimersByTimeAsync(1000)
    expect((await answer).status).toBe(503)
    sent.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect([seen, errors]).toEqual([[], [[new Error('There was no answer within 1000 ms.'), 'the-invocation']]])
  })

  it('that is kept leaves no timer behind', async () => {
    vi.useFakeTimers()
    const { serve, errors } = running(async () => OK, { deadlineMs: 1000 })
    expect((await serve(azureRequest({}))).status).toBe(200)
    expect((await running(() => Promise.reject(new Error('x')), { deadlineMs: 1000 }).serve(azureRequest({}))).status).toBe(500)
    expect([vi.getTimerCount(), errors]).toEqual([0, []])
  })
})

it('needs no more of an invocation than its id', async () => {
  const serve = azureHandler({ handle: () => OK, onError: () => {} })
  expect((await serve(azureRequest({}), invocation())).status).toBe(200)
})
