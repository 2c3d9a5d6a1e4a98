import type { IncomingMessage } from 'node:http'

/**
 * Who is asking. Without trusted proxies it is whoever connected, and no header is believed. Behind `trustedHops` proxies of the operator's own, each of which
 * appends the address it was called from, it is the entry that many places from the right of `X-Forwarded-For`: what stands left of it was written by
 * the client (OWASP ASVS 4.1.3). A shorter list means that the call came in at an inner proxy, whose first entry is then the client. `null` when unknown.
 */
export function clientAddress(message: IncomingMessage, trustedHops: number): string | null {
  const peer = message.socket.remoteAddress ?? null
  if (trustedHops === 0) return peer
  const forwarded = message.headers['x-forwarded-for']
  if (forwarded === undefined) return peer
  const entries = (typeof forwarded === 'string' ? forwarded : forwarded.join(',')).split(',')
  return withoutPort((entries[Math.max(0, entries.length - trustedHops)] ?? '').trim())
}

/** Some proxies append `address:port` and `[address]:port`. */
function withoutPort(entry: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(entry) ?? []
  if (bracketed !== undefined) return bracketed
  const [, ipv4] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry) ?? []
  return ipv4 ?? entry
}
