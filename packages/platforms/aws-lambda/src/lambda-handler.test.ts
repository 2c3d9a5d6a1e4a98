import type { HttpHandler, HttpResponse, OnError } from '@sallyport/http'
import { describe, expect, it, vi } from 'vitest'
import { albMulti, albSingle, functionUrl, httpApi, restApi, type Front } from '../testing/fronts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { OK, raise, requestOf, requestOfEvent } from '../testing/request-of.ts'
import type { AlbResult, RestResult } from './lambda-event.ts'
import { lambdaHandler, type LambdaHandlerOptions } from './lambda-handler.ts'

const FRONTS = [restApi, httpApi, functionUrl, albMulti]
const CUSTOM = { domainName: 'api.example.com' }

describe('the path', () => {
  it('stands behind the stage of an HTTP API, with both payloads, and of whole segments only', async () => {
    expect((await requestOf(httpApi, { target: '/auth/me' }, { stage: 'prod' })).path).toBe('/auth/me')
    expect((await requestOf(httpApi, { target: '/' }, { stage: 'prod' })).path).toBe('/')
    expect((await requestOf(httpApi, { target: '/prod/me' }, { stage: 'prod' })).path).toBe('/prod/me')
    const payload1 = { ...restApi.event({ method: 'GET', target: '/prod/auth/me', headers: {}, body: null }), version: '1.0' }
    expect((await requestOfEvent(payload1)).path).toBe('/auth/me')
    const other = { ...restApi.event({ method: 'GET', target: '/production/me', headers: {}, body: null }), version: '1.0' }
    expect((await requestOfEvent(other)).path).toBe('/production/me')
  })

  it('of a REST API has no stage to lose', async () => {
    expect((await requestOf(restApi, { target: '/prod/me' }, { stage: 'prod' })).path).toBe('/prod/me')
  })

  it('of a REST API stands behind the base path of a custom domain, whatever the stage is called', async () => {
    const mapped = { ...CUSTOM, basePath: '/v1', stage: 'auth' }
    expect((await requestOf(restApi, { target: '/auth/me' }, mapped, { basePath: '/v1' })).path).toBe('/auth/me')
    expect((await requestOf(restApi, { target: '/v1/me' }, mapped, { basePath: '/v1' })).path).toBe('/v1/me')
    expect((await requestOf(restApi, { target: '/auth/me' }, mapped)).path).toBe('/v1/auth/me')
    expect((await requestOf(restApi, { target: '/v10/me' }, CUSTOM, { basePath: '/v1' })).path).toBe('/v10/me')
  })

  it('of an HTTP API stands behind the stage on a custom domain too, where no base path is told', async () => {
    const mapped = { ...CUSTOM, basePath: '/v1', stage: 'auth' }
    expect((await requestOf(httpApi, { target: '/auth/me' }, mapped, { basePath: '/v1' })).path).toBe('/auth/me')
    expect((await requestOf(httpApi, { target: '/auth/me' }, mapped)).path).toBe('/auth/me')
    expect((await requestOf(httpApi, { target: '/auth/me' }, { ...CUSTOM, stage: '$default' }, { basePath: '/v1' })).path).toBe('/auth/me')
    // Should a base path be told after all, it is taken away like that of a REST API.
    const told = { ...httpApi.event({ method: 'GET', target: '/v1/auth/me', headers: {}, body: null }, CUSTOM) }
    expect((await requestOfEvent(told, { basePath: '/v1' })).path).toBe('/auth/me')
    expect((await requestOfEvent(told)).path).toBe('/v1/auth/me')
  })

  it('of a load balancer stands behind the path of its rule', async () => {
    expect((await requestOf(albMulti, { target: '/v1/auth/me' }, {}, { basePath: '/v1' })).path).toBe('/auth/me')
  })

  it('that came encoded is not touched, and what an HTTP API has decoded cannot become a query', async () => {
    for (const front of FRONTS) {
      for (const target of ['/auth/%6de', '/auth%2fme', '//auth/me', '/auth/me;x=1', '/auth/me/..', "/a-._~!$&'()*+,;=:@%C3%A9"]) {
        expect((await requestOf(front, { target })).path).toBe(target)
      }
    }
    const decoded = (rawPath: string): object => ({ ...httpApi.event({ method: 'GET', target: '/', headers: {}, body: null }), rawPath })
    expect((await requestOfEvent(decoded('/é?scope=all#x'))).path).toBe('/%C3%A9%3Fscope=all%23x')
    expect((await requestOfEvent(decoded('/a b\r\n\ud800'))).path).toBe('/a%20b%0D%0A%EF%BF%BD')
  })
})

describe('the query', () => {
  it('keeps repetitions and what was encoded', async () => {
    for (const front of FRONTS) {
      const { query } = await requestOf(front, { target: '/?a=1&a=2&b=x%26y%3D%3F&c=' })
      expect([...new URLSearchParams(query)], front.name).toEqual([...new URLSearchParams('a=1&a=2&b=x%26y%3D%3F&c=')])
    }
  })

  it('is empty when there is none', async () => {
    for (const front of FRONTS) expect((await requestOf(front, {})).query).toBe('')
  })

  it('of an ALB is not encoded a second time', async () => {
    expect((await requestOf(albMulti, { target: '/?cursor=a%2Bb+c' })).query).toBe('cursor=a%2Bb+c')
    expect((await requestOf(albSingle, { target: '/?cursor=a%2Bb+c' }, {}, { singleValueHeaders: true })).query).toBe('cursor=a%2Bb+c')
  })
})

describe('headers', () => {
  it('have names in lower case, and lines under two spellings are one header that came twice', async () => {
    const event = restApi.event({ method: 'GET', target: '/', headers: {}, body: null })
    const { headers } = await requestOfEvent({
      ...event,
      multiValueHeaders: { Authorization: ['Bearer a'], AUTHORIZATION: ['Bearer b'], __proto__x: ['1'] },
    })
    expect(headers['authorization']).toEqual(['Bearer a', 'Bearer b'])
  })

  it('of every front know two lines of Authorization from one', async () => {
    for (const front of FRONTS) {
      const { headers } = await requestOf(front, { headers: { authorization: ['Bearer a', 'Bearer b'] } })
      expect([['Bearer a', 'Bearer b'], 'Bearer a,Bearer b'], front.name).toContainEqual(headers['authorization'])
    }
  })

  it('carry the cookies, also where the front gives them apart', async () => {
    for (const front of FRONTS) expect((await requestOf(front, { headers: { cookie: 'a=1; b=2' } })).headers['cookie']).toBe('a=1; b=2')
  })

  it('may be called like a member of every object', async () => {
    const event = httpApi.event({ method: 'GET', target: '/', headers: {}, body: null })
    const { headers } = await requestOfEvent({ ...event, headers: JSON.parse('{"__proto__":"x","Host":"y"}') as object })
    expect({ ...headers }['host']).toBe('y')
    expect(Object.getPrototypeOf(headers)).toBeNull()
    expect(headers['constructor']).toBeUndefined()
  })
})

describe('the body', () => {
  it('is the bytes that came, in base64 or as text', async () => {
    for (const front of FRONTS) {
      for (const [type, body] of [
        ['application/json', '{"name":"Zoë"}'],
        ['application/octet-stream', '{"name":"Zoë"}'],
      ] as const) {
        const request = await requestOf(front, { method: 'POST', headers: { 'content-type': type }, body })
        expect(Buffer.from(request.body as Uint8Array).toString(), front.name).toBe(body)
      }
      expect((await requestOf(front, {})).body).toBeNull()
    }
  })

  it('is too large from one byte above 64 KiB, counted in bytes', async () => {
    for (const front of FRONTS) {
      for (const type of ['application/json', 'application/octet-stream']) {
        const size = async (body: string): Promise<unknown> => {
          const request = await requestOf(front, { method: 'POST', headers: { 'content-type': type }, body })
          return request.body === 'too-large' ? request.body : request.body?.length
        }
        expect(await size('x'.repeat(65_536))).toBe(65_536)
        expect(await size('x'.repeat(65_537))).toBe('too-large')
        expect(await size('é'.repeat(32_769))).toBe('too-large')
      }
    }
  })
})

describe('the answer', () => {
  const answered = (front: Front, response: HttpResponse, options: Partial<LambdaHandlerOptions> = {}): Promise<unknown> =>
    lambdaHandler({ handle: () => response, onError: raise, ...options })(
      front.event({ method: 'GET', target: '/', headers: {}, body: null }),
      lambdaContext(),
    )

  it('has no member that its front does not know', async () => {
    const withCookies = { ...OK, cookies: ['a=1', 'b=2'] }
    const members = async (front: Front, options = {}): Promise<string[]> =>
      Object.keys((await answered(front, withCookies, options)) as object).toSorted()
    expect(await members(restApi)).toEqual(['body', 'headers', 'isBase64Encoded', 'multiValueHeaders', 'statusCode'])
    expect(await members(httpApi)).toEqual(['body', 'cookies', 'headers', 'isBase64Encoded', 'statusCode'])
    expect(await members(functionUrl)).toEqual(['body', 'cookies', 'headers', 'isBase64Encoded', 'statusCode'])
    expect(await members(albMulti)).toEqual(['body', 'isBase64Encoded', 'multiValueHeaders', 'statusCode', 'statusDescription'])
    expect(await members(albSingle, { singleValueHeaders: true })).toEqual(['body', 'headers', 'isBase64Encoded', 'statusCode', 'statusDescription'])
  })

  it('sends each cookie as a line of its own through every front', async () => {
    const cookies = Array.from({ length: 20 }, (_, index) => `c${index}=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT`)
    for (const front of [...FRONTS, albSingle]) {
      const seen = front.read(await answered(front, { ...OK, cookies }, { singleValueHeaders: true }))
      expect(seen.cookies, front.name).toEqual(cookies)
    }
    expect(await answered(albSingle, { ...OK, cookies: ['a=1', 'b=2', 'c=3'] }, { singleValueHeaders: true })).toMatchObject({
      headers: { 'set-cookie': 'a=1', 'Set-cookie': 'b=2', 'sEt-cookie': 'c=3' },
    })
  })

  it('names the request as the gateway does, or as Lambda does where the front has no name', async () => {
    expect(((await answered(restApi, OK)) as RestResult).headers['x-request-id']).toBe('JKJaXmPLvHcESHA=')
    expect(((await answered(albMulti, OK)) as AlbResult).multiValueHeaders?.['x-request-id']).toEqual([lambdaContext().awsRequestId])
  })
})

describe('failure', () => {
  const event = restApi.event({ method: 'GET', target: '/', headers: {}, body: null })

  it('an event of another origin fails the invocation and is reported', async () => {
    const onError = vi.fn<OnError>()
    const run = lambdaHandler({ handle: () => OK, onError })
    const { requestContext } = event as { readonly requestContext: object }
    const others = [
      null,
      undefined,
      'text',
      {},
      { Records: [{ eventSource: 'aws:sqs', body: '{}' }] },
      { type: 'TOKEN', methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:a/prod/GET/', authorizationToken: 'x' },
      { requestContext: { connectionId: 'x', eventType: 'CONNECT', identity: { sourceIp: '203.0.113.7' } }, headers: {} },
      { version: '2.0', method: 'GET', path: '/', requestContext: { serviceArn: 'arn:aws:vpc-lattice' } },
      { version: '2.0', rawPath: '/', requestContext: { http: { method: 'GET' } } },
      { path: '/', requestContext },
      { httpMethod: 'GET', path: 7, requestContext },
      { httpMethod: 'GET', path: '/', requestContext: { elb: 'x' } },
    ]
    for (const other of others) await expect(run(other, lambdaContext())).rejects.toThrow('API Gateway')
    expect(onError).toHaveBeenCalledTimes(others.length)
  })

  it('a load balancer that drops what comes twice is refused until it is accepted by name', async () => {
    const onError = vi.fn<OnError>()
    const result = await lambdaHandler({ handle: () => OK, onError })(
      albSingle.event({ method: 'GET', target: '/', headers: {}, body: null }),
      lambdaContext(),
    )
    expect(albSingle.read(result).status).toBe(500)
    expect(String(onError.mock.calls[0]?.[0])).toContain('lambda.multi_value_headers.enabled')
  })

  it('what a handler throws is a 500 without detail, reported, also when the report fails', async () => {
    for (const handle of [
      () => {
        throw new Error('secret')
      },
      () => Promise.reject(new Error('secret')),
    ] as HttpHandler[]) {
      const onError = vi.fn<OnError>(() => {
        throw new Error('log is full')
      })
      const result = (await lambdaHandler({ handle, onError })(event, lambdaContext())) as RestResult
      expect(result.statusCode).toBe(500)
      expect(JSON.stringify(result)).not.toContain('secret')
      expect(onError).toHaveBeenCalledOnce()
    }
  })

  it('a line of an event that is not text is a 500', async () => {
    const onError = vi.fn<OnError>()
    const broken = { ...event, body: 5 }
    expect(await lambdaHandler({ handle: () => OK, onError })({ ...broken, multiValueHeaders: { a: 5 } }, lambdaContext())).toMatchObject({
      statusCode: 500,
    })
  })
})

describe('the deadline', () => {
  const event = restApi.event({ method: 'GET', target: '/', headers: {}, body: null })

  it('answers 503 with Retry-After before Lambda ends the invocation, and reports what comes of it later', async () => {
    vi.useFakeTimers()
    try {
      const { promise, reject } = Promise.withResolvers<HttpResponse>()
      const onError = vi.fn<OnError>()
      const result = lambdaHandler({ handle: () => promise, onError })(event, lambdaContext(3000))
      await vi.advanceTimersByTimeAsync(2499)
      expect(onError).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect(restApi.read(await result)).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'cache-control': 'no-store' } })
      reject(new Error('late'))
      await vi.advanceTimersByTimeAsync(0)
      expect(onError.mock.calls.map(([error]) => String(error))).toEqual([
        'Error: There was no answer before the invocation would have been ended.',
        'Error: late',
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  it('leaves no timer behind an answer that was in time', async () => {
    vi.useFakeTimers()
    try {
      await lambdaHandler({ handle: async () => OK, onError: raise })(event, lambdaContext())
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
