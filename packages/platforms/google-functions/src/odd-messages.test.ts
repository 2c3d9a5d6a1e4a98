import { guard } from '@sallyport/guard'
import type { HttpResponse } from '@sallyport/http'
import { array, assert, asyncProperty, constantFrom, option, oneof, record, string, tuple, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { googleGuard } from './google-guard.ts'
import { googleHandler } from './google-handler.ts'
import type { GoogleRequest, GoogleResponse } from './google-message.ts'

const NAMES = [
  'Authorization',
  'authorization',
  'Cookie',
  'X-Forwarded-For',
  'x-forwarded-authorization',
  'X-Cloud-Trace-Context',
  '__proto__',
  'host',
]
/** Whatever may stand in a message, and much that no parser of HTTP lets through. */
const messages = record({
  method: oneof(constantFrom('GET', 'POST', 'HEAD', 'OPTIONS'), string()),
  url: oneof(
    string(),
    string().map((text) => `/posts${text}`),
  ),
  lines: array(tuple(oneof(constantFrom(...NAMES), string()), string()), { maxLength: 8 }),
  rawBody: option(uint8Array({ maxLength: 64 }), { nil: undefined }),
})

interface Seen {
  readonly statuses: number[]
  readonly request: GoogleRequest
  readonly response: GoogleResponse
}

function met({ method, url, lines, rawBody }: { method: string; url: string; lines: [string, string][]; rawBody: Uint8Array | undefined }): Seen {
  const statuses: number[] = []
  const request = { method, url, rawHeaders: lines.flat(), rawBody, socket: { remoteAddress: '192.0.2.1' }, readableEnded: true }
  const response = {
    req: { method },
    headersSent: false,
    getHeaderNames: () => [],
    setHeader: () => {},
    writeHead: (status: number) => statuses.push(status),
    end: () => {},
    destroy: () => statuses.push(0),
  }
  return { statuses, request: request as unknown as GoogleRequest, response: response as unknown as GoogleResponse }
}

const OK: HttpResponse = { status: 200, headers: {}, cookies: [], body: '' }

test('any message is answered exactly once, and nothing is thrown', async () => {
  await assert(
    asyncProperty(messages, constantFrom(null, 'api-gateway' as const), async (message, front) => {
      const { statuses, request, response } = met(message)
      await googleHandler({ handle: async () => OK, front, onError: () => {} })(request, response)
      expect([[200], [500]]).toContainEqual(statuses)
    }),
  )
})

test('no message without a good credential reaches what is guarded', async () => {
  const shut = guard({
    authorize: (token) => ({ allowed: false, refusal: token === null ? 'unauthenticated' : 'forbidden', principal: null }),
    clock: { now: () => 0 },
    transports: ['bearer', 'cookie'],
    publicUrl: 'https://auth.example.org',
    allowedOrigins: [],
  })
  await assert(
    asyncProperty(messages, constantFrom(null, 'api-gateway' as const), async (message, front) => {
      const { statuses, request, response } = met(message)
      await googleGuard({ guard: shut, front, onError: () => {} })({ access: 'signed-in' }, () => expect.unreachable())(request, response)
      expect([[401], [403]]).toContainEqual(statuses)
    }),
  )
})
