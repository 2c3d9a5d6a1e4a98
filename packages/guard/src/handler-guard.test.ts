import { StoreUnavailableError, type Authorize, type Principal } from '@sallyport/core'
import type { HttpRequest, HttpResponse } from '@sallyport/http'
import { expect, test } from 'vitest'
import { guard } from './guard.ts'
import { handlerGuard, type GuardedHandler } from './handler-guard.ts'
import { protectedRoutes } from './protected-routes.ts'

const ADA: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }
const ROUTES = protectedRoutes([{ method: 'GET', path: '/posts', rule: { access: 'signed-in' } }])
const hello: GuardedHandler = (_request, principal) => ({ status: 200, headers: {}, cookies: [], body: principal?.userId ?? 'nobody' })

async function ask(authorize: Authorize, handler: GuardedHandler, path = '/posts'): Promise<HttpResponse & { readonly told: readonly unknown[] }> {
  const told: unknown[] = []
  const behind = handlerGuard({
    guard: guard({ authorize, clock: { now: () => 0 }, transports: ['bearer'], publicUrl: 'https://auth.example.test', allowedOrigins: [] }),
    onError: (error) => told.push(error),
  })(ROUTES, handler)
  const request: HttpRequest = { method: 'GET', path, query: '', headers: { authorization: 'Bearer t' }, body: null, address: null, requestId: 'r-1' }
  return { ...(await behind(request)), told }
}

const ada: Authorize = () => ({ allowed: true, principal: ADA })
const adaLater: Authorize = async () => ({ allowed: true, principal: ADA })

test('runs for those who may pass, and is told who they are; at once where nothing has to be waited for', async () => {
  expect(await ask(ada, hello)).toMatchObject({ status: 200, body: 'ada' })
  expect(await ask(adaLater, async (...call) => hello(...call))).toMatchObject({ status: 200, body: 'ada' })
})

test('does not run for others, nor for a path that no route names', async () => {
  const never: GuardedHandler = () => expect.unreachable()
  expect(await ask(() => ({ allowed: false, refusal: 'forbidden', principal: ADA }), never)).toMatchObject({ status: 403 })
  expect(await ask(() => Promise.reject(new StoreUnavailableError('down')), never)).toMatchObject({ status: 503 })
  for (const path of ['/posts/', '/Posts', '/']) expect(await ask(ada, never, path)).toMatchObject({ status: 404 })
})

test.each([
  ['throws', ada],
  ['throws behind a promise', adaLater],
] as const)('a handler that %s is 500 without detail, and told', async (_, authorize) => {
  const error = new Error('a detail')
  const broken: GuardedHandler = () => {
    throw error
  }
  const rejecting: GuardedHandler = async () => broken({} as HttpRequest, null)
  for (const handler of [broken, rejecting]) {
    const { status, body, told } = await ask(authorize, handler)
    expect([status, body.includes('detail'), told]).toEqual([500, false, [error]])
  }
})
