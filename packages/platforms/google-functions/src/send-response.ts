import type { HttpResponse } from '@sallyport/http'
import { isOver } from './deadline.ts'
import type { GoogleResponse } from './google-message.ts'

/**
 * Head and body in one write, each cookie a line of its own, with `Content-Length`; past the framework's own `send`, which adds charsets and validators. What somebody has set
 * on the response before holds unless the answer says otherwise. Nothing when the client has gone or has its answer, by a deadline that was missed. Throws for a header that cannot be written.
 */
export function sendResponse(response: GoogleResponse, answer: HttpResponse, requestId: string | null = null): void {
  if (isOver(response)) return
  const { status, headers, cookies, body } = answer
  const head: (string | number)[] = requestId === null ? [] : ['x-request-id', requestId]
  for (const name in headers) head.push(name, headers[name] as string)
  for (const line of cookies) head.push('set-cookie', line)
  // RFC 9110 section 8.6: no length where the status has no content, and none to HEAD unless it is the one of GET.
  if (status !== 204 && status !== 304 && response.req.method !== 'HEAD') head.push('content-length', Buffer.byteLength(body))
  response.writeHead(status, head as string[])
  response.end(body)
}
