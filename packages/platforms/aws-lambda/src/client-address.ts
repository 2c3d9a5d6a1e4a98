import { forwardedAddress, type HttpHeaders } from '@sallyport/http'
import type { LambdaEvent } from './event-shape.ts'

/**
 * Who is asking. API Gateway and function URLs say who connected to them; ALB appends it to `X-Forwarded-For`, as its last entry. Behind `trustedHops` proxies of the operator's own in front
 * of these (CloudFront is one), it is the entry that many places further left. Function URLs hand over the leftmost entry alone, which the client may have written: theirs is never read, and behind a
 * proxy the address is the proxy's. `null` when unknown.
 */
export function clientAddress({ shape, event }: LambdaEvent, headers: HttpHeaders, trustedHops: number): string | null {
  if (shape === 'alb') return forwardedAddress(headers, trustedHops + 1)
  const { requestContext } = event
  const address = ('http' in requestContext ? requestContext.http.sourceIp : requestContext.identity.sourceIp) || null
  if (trustedHops === 0 || requestContext.domainName?.includes('.lambda-url.') === true) return address
  return forwardedAddress(headers, trustedHops + 1) ?? address
}
