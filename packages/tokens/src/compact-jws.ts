import type { SignatureAlgorithm } from '@sallyport/core'
import { nodeBuffer } from './node-crypto.ts'

/** Longest token that is looked at at all, in characters. API Gateway and most proxies refuse larger headers anyway. */
export const MAX_TOKEN_LENGTH: number = 8192

/** Longest key id, in characters; ours have 43 (RFC 7638 thumbprint with SHA-256). */
export const MAX_KID_LENGTH: number = 256

/** The one type of token there is here (RFC 9068 section 2.1), in its one spelling. */
export const TOKEN_TYPE: string = 'at+jwt'

/** The header segment as our signer spells it. The verifier knows this string for each trusted key and so does not parse it. */
export function headerSegment(algorithm: SignatureAlgorithm, kid: string): string {
  return encodeSegment(JSON.stringify({ alg: algorithm, kid, typ: TOKEN_TYPE }))
}

export function encodeSegment(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/**
 * The bytes of a base64url segment, `null` unless it is the one canonical spelling of them (RFC 4648 sections 3.5 and 5). Node's decoder skips
 * what it does not know, so the proof is to encode again: padding, blanks, `+` and `/`, foreign characters and spare bits all come out otherwise.
 */
export function decodeSegment(segment: string): Buffer | null {
  const bytes = Buffer.from(segment, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === segment ? bytes : null
}

/** The JSON object in a segment, `null` when it is anything else (RFC 7519 section 7.2). */
export function decodeObject(segment: string): Record<string, unknown> | null {
  const bytes = decodeSegment(segment)
  return bytes === null ? null : parseObject(bytes, bytes.length)
}

/** Of the first `size` bytes. A replacement character is either theirs or stands for ill-formed UTF-8. A repeated member: the last counts, as in jose. */
export function parseObject(bytes: Buffer, size: number): Record<string, unknown> | null {
  const text = bytes.toString('utf8', 0, size)
  if (text.includes('\uFFFD') && !nodeBuffer.isUtf8(bytes.subarray(0, size))) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
