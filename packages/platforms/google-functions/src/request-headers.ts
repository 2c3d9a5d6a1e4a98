import type { IncomingMessage } from 'node:http'
import type { HttpHeaders } from '@sallyport/http'

/**
 * A front of Google's that needs `Authorization` for itself. API Gateway with `jwt_audience` sends its own token there and moves the client's to
 * `X-Forwarded-Authorization`.
 */
export type Front = 'api-gateway'

/**
 * The header lines as they came, from what no framework rewrites: one that came several times is a list, so that nobody else can believe another one of them. With a null
 * prototype, so that no name means anything by itself.
 *
 * No header is believed to say who somebody is: `X-Apigateway-Api-Userinfo`, `X-Endpoint-API-UserInfo`, `X-Goog-*` and the like are headers among others. Behind `api-gateway`
 * the credential is that of `X-Forwarded-Authorization` alone, still checked here in full; without that header there is none.
 */
export function requestHeaders({ rawHeaders }: IncomingMessage, front: Front | null): HttpHeaders {
  const headers = Object.create(null) as { [name: string]: string | string[] }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase()
    const value = rawHeaders[index + 1] as string
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else if (typeof before === 'string') headers[name] = [before, value]
    else before.push(value)
  }
  if (front === null) return headers
  const { authorization: _, [FORWARDED]: forwarded, ...others } = headers
  return forwarded === undefined ? others : { ...others, authorization: forwarded }
}

const FORWARDED = 'x-forwarded-authorization'
