import { forwardedAddress, type HttpHeaders } from '@sallyport/http'
import type { LambdaEvent } from './event-shape.ts'

/**
 * Who is asking. API Gateway and function URLs say who connected to them; ALB appends it to `X-Forwarded-For`, as its last entry. Behind `trustedHops` proxies of the operator's own in front
 * of these (CloudFront is one), it is the entry that many places further left. `null` when unknown.
 */
export function clientAddress({ shape, event }: LambdaEvent, headers: HttpHeaders, trustedHops: number): string | null {
  if (shape === 'alb' || trustedHops > 0) return forwardedAddress(headers, trustedHops + 1)
  const { requestContext } = event
  const address = 'http' in requestContext ? requestContext.http.sourceIp : requestContext.identity.sourceIp
  return address === undefined || address === null || address === '' ? null : address
}
