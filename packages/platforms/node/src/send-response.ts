import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '@sallyport/http'

/** Head and body in one write, with `Content-Length` and never chunked. `last` closes the connection behind it; without `end` the caller ends the response. */
export function sendResponse(response: ServerResponse, answer: HttpResponse, requestId: string, last: boolean, end: boolean): void {
  const { status, headers, cookies, body } = answer
  const head: (string | number)[] = ['x-request-id', requestId]
  for (const name in headers) head.push(name, headers[name] as string)
  for (const line of cookies) head.push('set-cookie', line)
  // RFC 9110 section 8.6: no length where the status has no content, and none to HEAD unless it is the one of GET.
  if (status !== 204 && status !== 304 && response.req.method !== 'HEAD') head.push('content-length', Buffer.byteLength(body))
  if (last) head.push('connection', 'close')
  response.writeHead(status, head as string[])
  if (end) response.end(body)
  else response.write(body)
}
