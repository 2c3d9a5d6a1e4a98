import { MAX_BODY_BYTES, type HttpHandler } from '@sallyport/http'
import type { SendRequest } from './kit-message.ts'

/** Names the request in the answer, as every platform does. */
const REQUEST_ID = 'in-process'

/** The handler without any platform. */
export function inProcess(handle: HttpHandler): SendRequest {
  return async ({ method, target, headers, body }) => {
    const question = target.indexOf('?')
    const bytes = body === null ? null : Buffer.from(body)
    const response = await handle({
      method,
      path: question < 0 ? target : target.slice(0, question),
      query: question < 0 ? '' : target.slice(question + 1),
      headers,
      body: bytes !== null && bytes.length > MAX_BODY_BYTES ? 'too-large' : bytes,
      address: '203.0.113.7',
      requestId: REQUEST_ID,
    })
    return { ...response, headers: { 'x-request-id': REQUEST_ID, ...response.headers } }
  }
}
