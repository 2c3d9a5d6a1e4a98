import type { HttpRequest } from '@sallyport/http'
import { clientAddress } from './client-address.ts'
import { eventBody } from './event-body.ts'
import { eventHeaders } from './event-headers.ts'
import { eventPath } from './event-path.ts'
import { eventQuery } from './event-query.ts'
import type { LambdaEvent } from './event-shape.ts'

export interface RequestOptions {
  readonly basePath: string
  readonly trustedProxyHops: number
  readonly requestId: string
}

/** The request that the client has made, as far as the front has let it through. */
export function lambdaRequest(lambdaEvent: LambdaEvent, { basePath, trustedProxyHops, requestId }: RequestOptions): HttpRequest {
  const headers = eventHeaders(lambdaEvent)
  return {
    method: eventMethod(lambdaEvent),
    path: eventPath(lambdaEvent, basePath),
    query: eventQuery(lambdaEvent),
    headers,
    body: eventBody(lambdaEvent),
    address: clientAddress(lambdaEvent, headers, trustedProxyHops),
    requestId,
  }
}

export function eventMethod({ shape, event }: LambdaEvent): string {
  return shape === 'http-api' ? event.requestContext.http.method : event.httpMethod
}
