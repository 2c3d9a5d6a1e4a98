import assert from 'node:assert/strict'
import type { HttpHandler, HttpResponse } from '@sallyport/http'
import { plainCookie, undone, type FrontChanges } from './front-changes.ts'
import type { KitRequest, KitResponse, SendRequest } from './kit-message.ts'

/** Stands on both sides of a platform: behind it at the application, and before it with the client. */
export interface Witness {
  /** The application, to be put behind the platform. */
  readonly handle: HttpHandler
  /** Sends through the platform. Rejects with an `AssertionError` unless the client saw exactly what the application answered to that very request. */
  readonly send: (mounted: SendRequest) => SendRequest
}

interface Given extends HttpResponse {
  readonly requestId: string
}

/** Tells apart requests that are under way at once. The application reads no header of this name. */
const EXCHANGE = 'x-kit-exchange'

/** Belong to the connection or to the length of what is sent on it, and not to what was answered (RFC 9110 sections 6.6.1, 7.6.1 and 8.6, RFC 9112 section 6.1). */
const OF_THE_TRANSPORT = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']

export function witness(handle: HttpHandler, front: FrontChanges): Witness {
  const given = new Map<string, Given[]>()
  let exchanges = 0

  const remember = (exchange: string, requestId: string, response: HttpResponse): HttpResponse => {
    // Copies: the platform may work on what it is given.
    given.get(exchange)?.push({ ...response, headers: { ...response.headers }, cookies: [...response.cookies], requestId })
    return response
  }

  return {
    handle: (request) => {
      const exchange = String(request.headers[EXCHANGE])
      const response = handle(request)
      return response instanceof Promise
        ? response.then((settled) => remember(exchange, request.requestId, settled))
        : remember(exchange, request.requestId, response)
    },
    send: (mounted) => async (request) => {
      const exchange = String(++exchanges)
      const answers: Given[] = []
      given.set(exchange, answers)
      const seen = undone(await mounted({ ...request, headers: { ...request.headers, [EXCHANGE]: exchange } }), front)
      given.delete(exchange)
      const what = `${request.method} ${request.target.slice(0, 80)} -> ${seen.status}`
      assert.equal(answers.length, 1, `${what}: the application gave ${answers.length} answers`)
      for (const answer of answers) assertUnchanged(request, seen, answer, front, what)
      return seen
    },
  }
}

function assertUnchanged(request: KitRequest, seen: KitResponse, given: Given, { rewritesCookies = false }: FrontChanges, what: string): void {
  assert.equal(seen.status, given.status, `${what}: another status than was given`)
  assert.equal(seen.body, given.body, `${what}: another body than was given`)
  const cookies = (lines: readonly string[]): readonly string[] => (rewritesCookies ? lines.map(plainCookie) : lines)
  assert.deepEqual(cookies(seen.cookies), cookies(given.cookies), `${what}: other cookies than were given`)
  const headers = Object.fromEntries(Object.entries(seen.headers).filter(([name]) => !OF_THE_TRANSPORT.includes(name)))
  assert.deepEqual(headers, { ...given.headers, 'x-request-id': given.requestId }, `${what}: other headers than were given`)
  const length = seen.headers['content-length']
  if (length !== undefined && request.method !== 'HEAD') assert.equal(length, String(Buffer.byteLength(seen.body)), `${what}: another length`)
}
