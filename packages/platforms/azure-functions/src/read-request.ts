import { fetchHeaders, forwardedAddress, within, type HttpRequest } from '@sallyport/http'
import type { AzureContext, AzureRequest } from './azure-message.ts'
import { isOver } from './in-time.ts'
import { requestBody } from './request-body.ts'
import { requestId } from './request-id.ts'
import { requestTarget } from './request-target.ts'

export interface ReadRequestOptions {
  /** How many proxies of your own stand in front of the platform's front end, which is always believed: 1 behind API Management, 2 with Front Door before it. 0 when left out. */
  readonly trustedProxyHops?: number
  /**
   * How many milliseconds the body may take to arrive: one that is longer under way counts as one whose client left, so that nothing is done for it. No less than the deadline of the guard or
   * handler in front, which answers, and after which no body counts either. `null`, the default: however long.
   */
  readonly deadlineMs?: number | null
}

/**
 * The request as plain data, with its body, of which 64 KiB are kept at most; `null` when the client left before the end of it, or sent it too slowly, or when the guard or handler
 * in front has answered in the meantime because its deadline was missed. Never rejects.
 */
export async function readRequest(
  request: AzureRequest,
  context: AzureContext,
  { trustedProxyHops = 0, deadlineMs = null }: ReadRequestOptions = {},
): Promise<HttpRequest | null> {
  const reading = requestBody(request)
  const body = await (deadlineMs === null ? reading : within(deadlineMs, reading, () => 'broken' as const, neverFails))
  if (body === 'broken' || isOver(request)) return null
  const headers = fetchHeaders(request.headers)
  // App Service's front end is the last that appends.
  const address = forwardedAddress(headers, 1 + trustedProxyHops)
  return { method: request.method, ...requestTarget(request.url), headers, body, address, requestId: requestId(request, context) }
}

function neverFails(): void {}
