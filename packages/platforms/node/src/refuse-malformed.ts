import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

const REFUSALS: Readonly<Record<string, { readonly status: number; readonly reason: string; readonly title: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'Request Header Fields Too Large', title: 'The request headers are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'Request Timeout', title: 'The request took too long to arrive' },
}
const MALFORMED = { status: 400, reason: 'Bad Request', title: 'The request is not valid HTTP' }

/**
 * What never became a request: broken HTTP, endless headers, a client that does not finish. Answered with a problem document (RFC 9457) and closed. While an
 * answer is under way on the same connection nothing is written, because the client would read ours as part of that or of the next one.
 */
export function refuseMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
  const { _httpMessage: underWay } = socket as Duplex & { readonly _httpMessage?: ServerResponse | null }
  if (error.code === 'ECONNRESET' || !socket.writable || (underWay !== undefined && underWay !== null)) {
    socket.destroy()
    return
  }
  const { status, reason, title } = REFUSALS[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify({ type: 'about:blank', title, status })
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'connection: close',
    'content-type: application/problem+json; charset=utf-8',
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
