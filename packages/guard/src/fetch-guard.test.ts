import { StoreUnavailableError, type Authorize, type Principal } from '@sallyport/core'
import { expect, test } from 'vitest'
import { fetchGuard } from './fetch-guard.ts'
import { guard } from './guard.ts'

const ADA: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }

const behind = (authorize: Authorize): ((request: Request) => Promise<Response>) =>
  fetchGuard({
    guard: guard({ authorize, clock: { now: () => 0 }, transports: ['bearer'], publicUrl: 'https://auth.example.test', allowedOrigins: [] }),
    requestId: () => 'r-1',
  })({ access: 'signed-in' }, (_request, principal) => new Response(principal?.userId ?? 'nobody'))

const request = new Request('https://api.example.test/posts', { headers: { authorization: 'Bearer t' } })

test('the handler runs for those who may pass, and is told who they are', async () => {
  const response = await behind((token) => ({ allowed: true, principal: token === 't' ? ADA : null }))(request)
  expect([response.status, await response.text()]).toEqual([200, 'ada'])
})

test('the others get the problem document, and the handler does not run', async () => {
  const response = await behind(() => ({ allowed: false, refusal: 'unauthenticated', principal: null }))(request)
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="sallyport", error="invalid_token"'])
  expect(await response.json()).toMatchObject({ type: 'urn:sallyport:problem:unauthenticated', requestId: 'r-1' })
})

test('while nothing can be decided nobody passes', async () => {
  const response = await behind(() => Promise.reject(new StoreUnavailableError('down')))(request)
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
})
