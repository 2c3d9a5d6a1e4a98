import { plainProblem, quiet, within, type HttpHandler, type HttpHeaders, type HttpRequest, type HttpResponse, type OnError } from '@sallyport/http'
import { clientAddress } from './client-address.ts'
import { isOver, missedDeadline } from './deadline.ts'
import type { GoogleFunction, GoogleRequest, GoogleResponse } from './google-message.ts'
import { requestBody, type RequestBody } from './request-body.ts'
import { requestHeaders, type Front } from './request-headers.ts'
import { requestId } from './request-id.ts'
import { sendResponse } from './send-response.ts'

export interface GoogleHandlerOptions {
  readonly handle: HttpHandler
  /** How many proxies of your own stand in front of Google's front end, which is always believed: 1 behind an external Application Load Balancer. */
  readonly trustedProxyHops?: number
  /** What stands in front and uses `Authorization` for itself; `null` for nothing of that kind. */
  readonly front?: Front | null
  /**
   * After so many milliseconds the answer is 503, whatever the handler still does and however much of the body is there: less than the timeout of the function, whose own answer is
   * none of ours. `null`: never.
   */
  readonly deadlineMs?: number | null
  /** Told what a handler threw in spite of its contract, a request that cannot be read, and a deadline that was missed; the client gets no detail. What it throws is dropped. */
  readonly onError: OnError
  readonly newRequestId?: () => string
}

/**
 * The application as an HTTP function of Google Cloud Functions, Cloud Run functions or Firebase. Path and query are the request line's, never a reading of it. No exception and no
 * rejection reaches the framework, which would show it to the client and then end the process.
 */
export function googleHandler(options: GoogleHandlerOptions): GoogleFunction {
  const { handle, trustedProxyHops = 0, front = null, deadlineMs = null, newRequestId = randomId } = options
  const onError = quiet(options.onError)

  const answerTo = (message: GoogleRequest, response: GoogleResponse, headers: HttpHeaders, id: string): Answer | Promise<Answer> => {
    const answered = (body: RequestBody | 'aborted'): Answer | Promise<Answer> =>
      // A body that comes after the deadline is nobody's.
      body === 'aborted' || response.writableEnded ? null : handle(httpRequest(message, headers, body, trustedProxyHops, id))
    const body = requestBody(message)
    return body instanceof Promise ? body.then(answered) : answered(body)
  }

  const inTime = (answer: Promise<Answer>, id: string): Promise<Answer> => {
    if (deadlineMs === null) return answer
    const late = (): HttpResponse => {
      onError(missedDeadline(deadlineMs), id)
      return plainProblem('overloaded', id, { 'retry-after': '1' })
    }
    return within(deadlineMs, answer, late, (error) => onError(error, id))
  }

  return async (message, response) => {
    const headers = requestHeaders(message, front)
    const id = requestId(headers, newRequestId)
    try {
      const pending = answerTo(message, response, headers, id)
      // Nothing is waited for where nothing has to be: the answer leaves in the turn in which the request came.
      const answer = pending instanceof Promise ? await inTime(pending, id) : pending
      if (answer !== null) sendResponse(response, answer, id)
    } catch (error) {
      onError(error, id)
      sendLastResort(response, id)
    }
  }
}

/** `null` when nobody is there to take one. */
type Answer = HttpResponse | null

function httpRequest(message: GoogleRequest, headers: HttpRequest['headers'], body: RequestBody, trustedProxyHops: number, id: string): HttpRequest {
  const { url = '/', method = 'GET' } = message
  const mark = url.indexOf('?')
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers,
    body,
    address: clientAddress(headers, message.socket.remoteAddress ?? null, trustedProxyHops),
    requestId: id,
  }
}

/** An answer in place of one that failed. What is whole stays; what was begun and cannot be finished is cut off, so that no client takes it for whole. */
export function sendLastResort(response: GoogleResponse, id: string, answer: HttpResponse = plainProblem('internal', id)): void {
  try {
    if (isOver(response)) return
    if (response.headersSent) response.destroy()
    else {
      // A header of before must not ride on a failure, a cookie least of all.
      for (const name of response.getHeaderNames()) response.removeHeader(name)
      sendResponse(response, answer, id)
    }
  } catch {
    response.destroy()
  }
}

export function randomId(): string {
  return process.getBuiltinModule('node:crypto').randomUUID()
}
