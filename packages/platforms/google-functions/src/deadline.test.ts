import type { HttpHandler, HttpResponse } from '@sallyport/http'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bareServer, type FrameworkServer } from '../testing/framework-server.ts'
import { googleHandler } from './google-handler.ts'
import type { GoogleRequest, GoogleResponse } from './google-message.ts'

const OK: HttpResponse = { status: 200, headers: {}, cookies: [], body: '' }
const ID = 'a-request-id-of-the-test'

const servers: FrameworkServer[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(servers.splice(0).map(({ close }) => close()))
})

describe('the deadline', () => {
  function call(handle: HttpHandler, deadlineMs: number): { readonly head: () => unknown; readonly errors: unknown[]; readonly done: Promise<void> } {
    const errors: unknown[] = []
    let head: unknown = null
    const response = {
      req: { method: 'GET' },
      writeHead: (status: number, lines: readonly string[]) => (head = [status, lines]),
      end: () => {},
    } as unknown as GoogleResponse
    const request = { url: '/', method: 'GET', rawHeaders: [], socket: {} } as unknown as GoogleRequest
    const done = googleHandler({ handle, deadlineMs, onError: (error) => errors.push(error), newRequestId: () => ID })(request, response)
    return { head: () => head, errors, done }
  }

  test('is answered 503 in time, and what comes later is not sent', async () => {
    vi.useFakeTimers()
    const late = Promise.withResolvers<HttpResponse>()
    const { head, errors, done } = call(() => late.promise, 5000)
    await vi.advanceTimersByTimeAsync(4999)
    expect(head()).toBe(null)
    await vi.advanceTimersByTimeAsync(1)
    await done
    expect(head()).toMatchObject([503, expect.arrayContaining(['retry-after', '1'])])
    const sent = head()
    late.reject(new Error('the store answered too late'))
    await vi.advanceTimersByTimeAsync(0)
    expect(head()).toBe(sent)
    expect(errors).toHaveLength(2)
  })

  test('counts while the body is on its way, and a body that comes later is nobody’s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [entered, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const errors: unknown[] = []
    const run = googleHandler({ handle: () => expect.unreachable(), deadlineMs: 500, onError: (error) => errors.push(error) })
    const server = await bareServer((request, response) => {
      request.once('end', ended.resolve)
      void run(request, response)
      entered.resolve()
    })
    servers.push(server)
    const { connect } = process.getBuiltinModule('node:net')
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve))
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"a')
    await entered.promise
    vi.advanceTimersByTime(499)
    expect(errors).toEqual([])
    vi.advanceTimersByTime(1)
    expect((await answer).toString()).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: 1\r\n/)
    socket.write('x'.repeat(97))
    await ended.promise
    await new Promise(setImmediate)
    socket.destroy()
    expect(errors).toMatchObject([{ code: 'overloaded' }])
  })

  test('leaves no timer behind an answer that came', async () => {
    vi.useFakeTimers()
    const { head, done } = call(() => Promise.resolve(OK), 5000)
    await done
    expect(head()).toMatchObject([200, expect.anything()])
    expect(vi.getTimerCount()).toBe(0)
  })
})
