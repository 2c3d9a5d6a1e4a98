import { overSocket } from '@sallyport/conformance'
import { ConflictError, StoreUnavailableError, type Principal } from '@sallyport/core'
import { protectedRoutes, type Guard } from '@sallyport/guard'
import { afterEach, describe, expect, test } from 'vitest'
import { frameworkServer, type FrameworkServer } from '../testing/framework-server.ts'
import { googleGuard, type GoogleGuardOptions, type GuardedFunction } from './google-guard.ts'
import type { GoogleRequest, GoogleResponse } from './google-message.ts'

const ADA = { userId: 'ada' } as Principal
const letsIn: Guard = () => ({ allowed: true, principal: ADA })
const GET = { method: 'GET', target: '/posts', headers: {}, body: null } as const

const servers: FrameworkServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ close }) => close()))
})

async function mounted(
  guarded: GuardedFunction<GoogleRequest, GoogleResponse>,
  { routes, ...options }: Partial<GoogleGuardOptions> & { readonly routes?: Parameters<typeof protectedRoutes>[0] } = {},
): Promise<{ readonly send: ReturnType<typeof overSocket>; readonly errors: unknown[] }> {
  const errors: unknown[] = []
  const guard = googleGuard({ guard: letsIn, onError: (error) => errors.push(error), newRequestId: () => 'an-id', ...options })
  const server = await frameworkServer(guard(routes === undefined ? { access: 'signed-in' } : protectedRoutes(routes), guarded))
  servers.push(server)
  return { send: overSocket(server.url), errors }
}

test('a guarded function is told who calls, and answers as it likes', async () => {
  const { send } = await mounted((_, response, principal) => void response.writeHead(201, { 'x-own': '1' }).end(principal?.userId))
  expect(await send(GET)).toMatchObject({ status: 201, headers: { 'x-own': '1' }, body: 'ada' })
})

test('a path that no route names exactly is nobody’s, whoever asks', async () => {
  const { send } = await mounted((_, response) => void response.end('in'), {
    routes: [{ method: 'GET', path: '/posts', rule: { access: 'public' } }],
  })
  expect(await send({ ...GET, target: '/posts?page=2' })).toMatchObject({ status: 200, body: 'in' })
  for (const target of ['/posts/', '//posts', '/Posts', '/p%6fsts', '/posts/../posts', '/posts;x']) {
    expect(await send({ ...GET, target })).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json; charset=utf-8' } })
  }
  expect(await send({ ...GET, method: 'DELETE' })).toMatchObject({ status: 404 })
})

describe('a guarded function that fails', () => {
  test.each([
    ['throws', new Error('secret'), 500, undefined],
    ['has no store', new StoreUnavailableError('down'), 503, '1'],
    ['lost a race', new ConflictError('secret'), 409, undefined],
  ])('because it %s is answered without detail', async (_, error, status, retryAfter) => {
    const { send, errors } = await mounted(async (_request, response) => {
      response.setHeader('set-cookie', 'half=done')
      throw error
    })
    const answer = await send(GET)
    expect(answer).toMatchObject({ status, cookies: [] })
    expect(answer.headers['retry-after']).toBe(retryAfter)
    expect(answer.body).not.toContain('secret')
    expect(errors).toEqual([error])
  })

  test('in the middle of its answer is cut off', async () => {
    const { send, errors } = await mounted((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half')
      throw new Error('bug')
    })
    await expect(send(GET)).rejects.toThrow(/aborted|socket hang up|ECONNRESET/)
    expect(errors).toHaveLength(1)
  })

  test('because the guard broke its promise lets nobody in', async () => {
    const { send } = await mounted((_, response) => void response.end('in'), {
      guard: () => {
        throw new Error('bug')
      },
    })
    expect(await send(GET)).toMatchObject({ status: 500 })
  })
})
