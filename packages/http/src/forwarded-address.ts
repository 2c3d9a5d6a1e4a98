import type { HttpHeaders } from './http-message.ts'

/**
 * The address that stands so many places from the right of `X-Forwarded-For`, for platforms that know how many of the entries their own and the operator's proxies
 * have appended: what stands left of them was written by the client (OWASP ASVS 4.1.3). A shorter list means that the call came in at an inner proxy, whose first entry is then the
 * client. Without the port that some proxies append. `null` without the header and for an empty entry. `fromRight` is 1 or more.
 */
export function forwardedAddress(headers: HttpHeaders, fromRight: number): string | null {
  const forwarded = headers['x-forwarded-for']
  if (forwarded === undefined) return null
  const entries = (typeof forwarded === 'string' ? forwarded : forwarded.join(',')).split(',')
  const entry = withoutPort((entries[Math.max(0, entries.length - fromRight)] ?? '').trim())
  return entry === '' ? null : entry
}

/** Some proxies append `address:port` and `[address]:port`. */
function withoutPort(entry: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(entry) ?? []
  if (bracketed !== undefined) return bracketed
  const [, ipv4] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry) ?? []
  return ipv4 ?? entry
}
