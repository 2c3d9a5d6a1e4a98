import { forwardedAddress, type HttpHeaders } from '@sallyport/http'

/**
 * Who is asking. Google's front end writes the address that connected to it as the last entry of `X-Forwarded-For`; everything left of that came with the request, so that
 * the framework's `req.ip`, the left-most, is the client's choice (OWASP ASVS 4.1.3). Each of `trustedHops` further proxies that only the operator can put in
 * front appends one more: an external Application Load Balancer its own address behind the client's. A shorter list means that the call came in at an inner one, whose first
 * entry is then the client. Without that header, which is so on a developer's machine, it is whoever connected. `null` when unknown.
 */
export function clientAddress(headers: HttpHeaders, peer: string | null, trustedHops: number): string | null {
  return headers['x-forwarded-for'] === undefined ? peer : forwardedAddress(headers, 1 + trustedHops)
}
