import type { IncomingMessage } from 'node:http'
import { forwardedAddress } from '@sallyport/http'

/**
 * Who is asking. Without trusted proxies it is whoever connected, and no header is believed. Behind `trustedHops` proxies of the operator's own, each of which
 * appends the address it was called from, it is the entry that many places from the right of `X-Forwarded-For`. `null` when unknown.
 */
export function clientAddress(message: IncomingMessage, trustedHops: number): string | null {
  const { headers, socket } = message
  if (trustedHops === 0 || headers['x-forwarded-for'] === undefined) return socket.remoteAddress ?? null
  return forwardedAddress(headers, trustedHops)
}
