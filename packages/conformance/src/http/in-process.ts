import { MAX_BODY_BYTES, type HttpHandler } from '@sallyport/http'
import type { SendRequest } from './kit-message.ts'

/** The handler without any platform: what the others are compared with. */
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
      requestId: 'in-process',
    })
    return method === 'HEAD' ? { ...response, body: '' } : response
  }
}
