import { ConfigurationError, StoreUnavailableError, type Principal, type Rule } from '@sallyport/core'
import { protectedRoutes, type Guard } from '@sallyport/guard'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { azureRequest, invocation } from '../testing/azure-request.ts'
import { azureGuard, readRequest, type AzureGuardOptions, type AzureRequest, type AzureResponse } from './index.ts'

const ADA: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }
const SIGNED_IN: Rule = { access: 'signed-in' }
const DONE: AzureResponse = { status: 200, headers: {}, cookies: [], body: 'done' }

const allow: Guard = () => ({ allowed: true, principal: ADA })
const refuse: Guard = () => ({
  allowed: false,
  refusal: 'unauthenticated',
  response: { status: 401, headers: { 'www-authenticate': 'Bearer' }, cookies: [], body: '{}' },
  principal: null,
})

function guarded(guard: Guard, options: Partial<AzureGuardOptions> = {}): { readonly seen: unknown[][]; readonly serve: typeof serve } {
  const seen: unknown[][] = []
  const make = azureGuard({ guard, onError: (error) => seen.push([error]), ...options })
  const serve = make(protectedRoutes([{ method: 'POST', path: '/posts', rule: SIGNED_IN }]), (request: AzureRequest, context, principal) => {
    seen.push([...request.headers.keys(), context.invocationId === '' ? '' : principal?.userId])
    return DONE
  })
  return { seen, serve }
}

describe('a guarded function', () => {
  it('runs for who may pass and is told who that is', async () => {
    const { seen, serve } = guarded(async () => ({ allowed: true, principal: ADA }))
    expect(await serve(azureRequest({ method: 'POST', target: '/posts?x=1' }), invocation())).toBe(DONE)
    expect(seen).toEqual([['ada']])
  })

  it('does not run for anybody else', async () => {
    const { seen, serve } = guarded(refuse)
    const answer = await serve(azureRequest({ method: 'POST', target: '/posts' }), { invocationId: 'the-invocation' })
    expect(answer).toEqual({ status: 401, headers: { 'www-authenticate': 'Bearer', 'x-request-id': 'the-invocation' }, cookies: [], body: '{}' })
    expect(seen).toEqual([])
  })

  it.each([
    ['POST', '/posts/'],
    ['POST', '/Posts'],
    ['POST', '/%70osts'],
    ['POST', '//posts'],
    ['POST', '/posts/7'],
    ['GET', '/posts'],
    ['HEAD', '/posts'],
    ['OPTIONS', '/posts'],
  ])('is not there for %s %s, which no route names, whatever the guard says', async (method, target) => {
    const { seen, serve } = guarded(allow)
    expect(await serve(azureRequest({ method, target }), invocation())).toMatchObject({ status: 404 })
    expect(seen).toEqual([])
  })

  it('behind one rule runs whatever its path', async () => {
    const serve = azureGuard({ guard: allow, onError: () => {} })(SIGNED_IN, () => DONE)
    expect(await serve(azureRequest({ target: '/anything' }), invocation())).toBe(DONE)
  })

  const failing: readonly [string, () => AzureResponse | Promise<AzureResponse>][] = [
    ['rejects', () => Promise.reject(new Error('a secret'))],
    [
      'throws',
      () => {
        throw new Error('a secret')
      },
    ],
  ]
  it.each(failing)('that %s is answered 500 without detail', async (_, fails) => {
    const errors: unknown[] = []
    const serve = azureGuard({ guard: allow, onError: (error) => errors.push(error) })(SIGNED_IN, fails)
    const answer = await serve(azureRequest({}), invocation())
    expect([answer.status, answer.body?.includes('secret')]).toEqual([500, false])
    expect(errors).toEqual([new Error('a secret')])
  })
})

it('a guarded function whose store is down is answered 503, with when to try again', async () => {
  const serve = azureGuard({ guard: allow, onError: () => {} })(SIGNED_IN, (): AzureResponse => {
    throw new StoreUnavailableError('down')
  })
  expect(await serve(azureRequest({}), invocation())).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
})

describe('a deadline', () => {
  afterEach(() => vi.useRealTimers())

  /** A body of which a piece arrives, and never the end. */
  const unfinished = (): AzureRequest => {
    const { method, url, headers } = azureRequest({ method: 'POST', target: '/posts' })
    return { method, url, headers, body: new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(300)) }) }
  }

  it('makes the answer 503, and what comes later is only told when it failed', async () => {
    vi.useFakeTimers()
    const { promise, reject } = Promise.withResolvers<AzureResponse>()
    const errors: unknown[][] = []
    const make = azureGuard({ guard: allow, deadlineMs: 1000, onError: (...told) => errors.push(told) })
    const answer = make(SIGNED_IN, () => promise)(azureRequest({}), { invocationId: 'the-invocation' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(await answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'cache-control': 'no-store', 'x-request-id': 'the-invocation' },
    })
    reject(new Error('late'))
    await vi.advanceTimersByTimeAsync(0)
    expect(errors).toEqual([
      [new Error('There was no answer within 1000 ms.'), 'the-invocation'],
      [new Error('late'), 'the-invocation'],
    ])
  })

  it('holds for a guard that does not come to a decision', async () => {
    vi.useFakeTimers()
    const serve = azureGuard({ guard: () => new Promise(() => {}), deadlineMs: 1000, onError: () => {} })(SIGNED_IN, () => expect.unreachable())
    const answer = serve(azureRequest({}), invocation())
    await vi.advanceTimersByTimeAsync(1000)
    expect(await answer).toMatchObject({ status: 503 })
  })

  it('holds for a body that does not end, for which nothing is done afterwards', async () => {
    vi.useFakeTimers()
    const read: unknown[] = []
    const deadlineMs = 1000
    const serve = azureGuard({ guard: allow, deadlineMs, onError: () => {} })(SIGNED_IN, async (request: AzureRequest, context) => {
      read.push(await readRequest(request, context, { deadlineMs }))
      return DONE
    })
    const answer = serve(unfinished(), invocation())
    await vi.advanceTimersByTimeAsync(999)
    expect(read).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect([(await answer).status, read]).toEqual([503, [null]])
  })

  it('that is missed while the guard decides is the end: the function does not run', async () => {
    vi.useFakeTimers()
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Guard>>>()
    const { seen, serve } = guarded(() => promise, { deadlineMs: 1000, onError: () => {} })
    const answer = serve(azureRequest({ method: 'POST', target: '/posts' }), invocation())
    await vi.advanceTimersByTimeAsync(1000)
    expect(await answer).toMatchObject({ status: 503 })
    resolve({ allowed: true, principal: ADA })
    await vi.advanceTimersByTimeAsync(0)
    expect(seen).toEqual([])
  })

  it('counts for a body from the call and not from the decision: what comes after it is nobody’s', async () => {
    vi.useFakeTimers()
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Guard>>>()
    const sent = Promise.withResolvers<void>()
    const read: unknown[] = []
    const deadlineMs = 1000
    const serve = azureGuard({ guard: () => promise, deadlineMs, onError: () => {} })(SIGNED_IN, async (request: AzureRequest, context) => {
      read.push(await readRequest(request, context, { deadlineMs }))
      return DONE
    })
    const { method, url, headers } = azureRequest({ method: 'POST', target: '/posts' })
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void sent.promise.then(() => controller.close()) })
    const answer = serve({ method, url, headers, body }, invocation())
    await vi.advanceTimersByTimeAsync(500)
    resolve({ allowed: true, principal: ADA })
    await vi.advanceTimersByTimeAsync(500)
    expect([(await answer).status, read]).toEqual([503, []])
    sent.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(read).toEqual([null])
  })

  it('that is kept leaves no timer behind', async () => {
    vi.useFakeTimers()
    const { seen, serve } = guarded(allow, { deadlineMs: 1000 })
    expect(await serve(azureRequest({ method: 'POST', target: '/posts' }), invocation())).toBe(DONE)
    const refused = azureGuard({ guard: refuse, deadlineMs: 1000, onError: () => {} })(SIGNED_IN, () => expect.unreachable())
    expect((await refused(azureRequest({}), invocation())).status).toBe(401)
    expect(await readRequest(azureRequest({ method: 'POST', body: 'x' }), invocation(), { deadlineMs: 1000 })).toMatchObject({ method: 'POST' })
    expect([vi.getTimerCount(), seen]).toEqual([0, [['ada']]])
  })
})

describe('identity headers', () => {
  const CLAIMED = {
    'X-MS-CLIENT-PRINCIPAL': 'e30=',
    'X-MS-CLIENT-PRINCIPAL-ID': 'admin',
    'X-MS-CLIENT-PRINCIPAL-NAME': 'admin',
    'X-MS-CLIENT-PRINCIPAL-IDP': 'aad',
    'X-MS-TOKEN-AAD-ID-TOKEN': 'x',
    'X-MS-AUTH-TOKEN': 'Bearer x',
    'X-ZUMO-AUTH': 'x',
    'X-ARR-ClientCert': 'x',
    'X-Forwarded-Client-Cert': 'Hash=x',
    'X-Forwarded-Authorization': 'Bearer x',
    'X-Apigateway-Api-Userinfo': 'x',
    'X-Endpoint-API-UserInfo': 'x',
    'x-amzn-oidc-identity': 'admin',
    'X-Goog-Authenticated-User-ID': 'admin',
    'X-Goog-IAP-JWT-Assertion': 'x',
  }
  const request = (): AzureRequest => azureRequest({ method: 'POST', target: '/posts', headers: { ...CLAIMED, 'x-other': 'stays' } })

  it('never reach a guarded function', async () => {
    const { seen, serve } = guarded(allow)
    await serve(request(), invocation())
    expect(seen).toEqual([['x-other', 'ada']])
  })

  it('reach it from a front that is named and switched on, and none that this front lets anybody send', async () => {
    const { seen, serve } = guarded(allow, { trustedFront: 'app-service-authentication', environment: { WEBSITE_AUTH_ENABLED: 'True' } })
    await serve(request(), invocation())
    const principal = ['x-ms-client-principal', 'x-ms-client-principal-id', 'x-ms-client-principal-idp', 'x-ms-client-principal-name']
    expect(seen).toEqual([[...principal, 'x-ms-token-aad-id-token', 'x-other', 'ada']])
  })

  it.each([{}, { WEBSITE_AUTH_ENABLED: 'False' }])('of a front that is not switched on stop the start: %j', (environment) => {
    expect(() => azureGuard({ guard: allow, trustedFront: 'app-service-authentication', environment, onError: () => {} })).toThrow(ConfigurationError)
  })
})
