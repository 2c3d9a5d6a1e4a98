import { overSocket } from '@sallyport/conformance'
import { ConflictError, StoreUnavailableError, type Principal } from '@sallyport/core'
import { guard as guardOf, protectedRoutes, type Guard } from '@sallyport/guard'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bareServer, frameworkServer, type FrameworkServer } from '../testing/framework-server.ts'
import { googleGuard, type GoogleGuardOptions, type GuardedFunction } from './google-guard.ts'
import type { GoogleRequest, GoogleResponse } from './google-message.ts'
import { requestBody } from './request-body.ts'
import { sendResponse } from './send-response.ts'

const ADA = { userId: 'ada' } as Principal
const letsIn: Guard = () => ({ allowed: true, principal: ADA })
const GET = { method: 'GET', target: '/posts', headers: {}, body: null } as const

const servers: FrameworkServer[] = []
afterEach(async () => {
  vi.useRealTimers()
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

test('a page of an allowed origin gets its preflight and may read the answer; another gets neither', async () => {
  const app = 'https://app.example.test'
  const options = { clock: { now: () => 0 }, transports: ['bearer'], publicUrl: 'https://auth.example.test', allowedOrigins: [app] } as const
  const { send } = await mounted((_, response) => void response.end('in'), {
    guard: guardOf({ ...options, authorize: () => ({ allowed: true, principal: ADA }) }),
    routes: [{ method: 'POST', path: '/posts', rule: { access: 'signed-in' } }],
  })
  const announcing = { origin: app, 'access-control-request-method': 'POST' }
  const allowed = { 'access-control-allow-origin': app }
  expect(await send({ ...GET, method: 'POST', headers: { origin: app } })).toMatchObject({
    status: 200,
    headers: { ...allowed, vary: 'origin' },
    body: 'in',
  })
  expect(await send({ ...GET, method: 'OPTIONS', headers: announcing })).toMatchObject({ status: 204, headers: allowed })
  expect(await send({ ...GET, method: 'OPTIONS', headers: announcing, target: '/other' })).toMatchObject({ status: 404 })
  for (const method of ['POST', 'OPTIONS']) {
    const { headers } = await send({ ...GET, method, headers: { ...announcing, origin: 'https://evil.example' } })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  }
})

test('a page of an allowed origin may read that a function has failed', async () => {
  const app = 'https://app.example.test'
  const options = { clock: { now: () => 0 }, transports: ['bearer'], publicUrl: 'https://auth.example.test', allowedOrigins: [app] } as const
  const guard = guardOf({ ...options, authorize: () => ({ allowed: true, principal: ADA }) })
  const { send } = await mounted(() => Promise.reject(new Error('broken')), { guard })
  expect(await send({ ...GET, headers: { origin: app } })).toMatchObject({
    status: 500,
    headers: { 'access-control-allow-origin': app, vary: 'origin' },
  })
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

test('a client that has left before its body is asked for has aborted it', async () => {
  const left = Promise.withResolvers<void>()
  const body = Promise.withResolvers<unknown>()
  const guard = googleGuard({ guard: () => left.promise.then(() => ({ allowed: true, principal: ADA })), onError: body.reject })
  const run = guard({ access: 'signed-in' }, async (request) => body.resolve(await requestBody(request)))
  const server = await bareServer((request, response) => {
    request.once('close', left.resolve)
    void run(request, response)
    socket.destroy()
  })
  servers.push(server)
  const { connect } = process.getBuiltinModule('node:net')
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"a"')
  })
  expect(await body.promise).toBe('aborted')
})

describe('the deadline', () => {
  /** Mounted with a deadline of 5 s; `answer` is that of the request that has entered the guard. */
  async function entered(guarded: GuardedFunction<GoogleRequest, GoogleResponse>, guard: Guard = letsIn) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const inside = Promise.withResolvers<void>()
    const { send, errors } = await mounted(guarded, {
      deadlineMs: 5000,
      guard: (request, rule) => {
        inside.resolve()
        return guard(request, rule)
      },
    })
    const answer = send(GET)
    await Promise.race([inside.promise, answer])
    return { answer, errors }
  }
  const LATE = { status: 503, headers: { 'retry-after': '1', 'x-request-id': 'an-id' }, cookies: [] }

  test.each<[string, GuardedFunction<GoogleRequest, GoogleResponse>]>([
    ['that never ends', () => new Promise(() => {})],
    ['that returns and never answers', () => {}],
  ])('answers 503 for a function %s', async (_, never) => {
    const { answer, errors } = await entered((request, response, principal) => {
      response.setHeader('set-cookie', 'half=done')
      return never(request, response, principal)
    })
    await vi.advanceTimersByTimeAsync(4999)
    expect(errors).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toMatchObject(LATE)
    expect(errors).toMatchObject([{ code: 'overloaded' }])
  })

  test.each<[string, (response: GoogleResponse) => void]>([
    ['throws', () => expect.unreachable()],
    ['writes a head', (response) => void response.writeHead(200)],
    ['writes an end', (response) => void response.end('late')],
    ['answers as we do', (response) => sendResponse(response, { status: 200, headers: {}, cookies: [], body: 'late' })],
  ])('what a function does later changes nothing and ends nothing: it %s', async (_, write) => {
    const { answer } = await entered((_request, response) => {
      const later = new Promise<void>((resolve) => void setTimeout(resolve, 5001))
      return later.then(() => write(response))
    })
    // In one turn, while the first answer is not out yet.
    vi.advanceTimersByTime(5001)
    expect(await answer).toMatchObject(LATE)
  })

  test('a function that has returned and answers later, by a call that nobody awaits, does not end the process', async () => {
    const written = Promise.withResolvers<unknown>()
    const { answer } = await entered((_request, response) => {
      setTimeout(() => {
        try {
          response.setHeader('x-late', '1')
          response.appendHeader('x-late', '2')
          response.removeHeader('x-late')
          response.writeHead(200, { 'content-type': 'text/plain' })
          response.flushHeaders()
          response.write('late')
          response.end('late')
          written.resolve('nothing was thrown')
        } catch (error) {
          written.resolve(error)
        }
      }, 5001)
    })
    await vi.advanceTimersByTimeAsync(5001)
    expect(await written.promise).toBe('nothing was thrown')
    const { status, headers } = await answer
    expect([status, headers['x-late']]).toEqual([503, undefined])
  })

  test('a guard that lets somebody in later lets nobody in', async () => {
    const decided = Promise.withResolvers<void>()
    const { answer, errors } = await entered(
      () => expect.unreachable(),
      () => decided.promise.then(() => ({ allowed: true, principal: ADA })),
    )
    vi.advanceTimersByTime(5000)
    decided.resolve()
    expect(await answer).toMatchObject(LATE)
    expect(errors).toHaveLength(1)
  })

  test('has nothing to say to an answer that is whole, nor to one that comes after the function has returned', async () => {
    const whole = await entered((_, response) => {
      response.end('whole')
      return new Promise(() => {})
    })
    expect(await whole.answer).toMatchObject({ status: 200, body: 'whole' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(whole.errors).toEqual([])
    const returned = await entered((_, response) => void setTimeout(() => response.end('in time'), 4999))
    await vi.advanceTimersByTimeAsync(4999)
    expect(await returned.answer).toMatchObject({ status: 200, body: 'in time' })
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0))
    expect(returned.errors).toEqual([])
  })

  test('cuts off what was begun', async () => {
    const { answer, errors } = await entered((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half')
      return new Promise(() => {})
    })
    vi.advanceTimersByTime(5000)
    await expect(answer).rejects.toThrow(/aborted|socket hang up|ECONNRESET/)
    expect(errors).toHaveLength(1)
  })
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

  test('after a whole answer takes nothing of it back', async () => {
    const whole = 'x'.repeat(8 * 1024 * 1024)
    const { send, errors } = await mounted((_, response) => {
      response.end(whole)
      throw new Error('bug')
    })
    const { status, body } = await send(GET)
    expect([status, body.length, errors.length]).toEqual([200, whole.length, 1])
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
