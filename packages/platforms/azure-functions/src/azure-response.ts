import { InvariantError } from '@sallyport/core'
import type { HttpResponse } from '@sallyport/http'
import { azureCookie } from './azure-cookie.ts'
import type { AzureResponse } from './azure-message.ts'

const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/**
 * The answer as the platform takes it. Throws `InvariantError` (`invariant`) for one that it cannot send as it is: refused later, by the platform, it would be a bare 500 that
 * nobody here hears of.
 */
export function azureResponse({ status, headers, cookies, body }: HttpResponse, requestId: string): AzureResponse {
  for (const name in headers) if (!HEADER_VALUE.test(headers[name] as string)) throw new InvariantError(`The header ${name} cannot be sent.`)
  return {
    status,
    headers: { 'x-request-id': requestId, ...headers },
    cookies: cookies.map(azureCookie),
    ...(body === '' ? {} : { body }),
  }
}
