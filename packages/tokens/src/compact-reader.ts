import { MAX_TOKEN_LENGTH, parseObject } from './compact-jws.ts'

/** Reads the segments of one token after another without allocating for each: all three methods of one call of `verify` share the same memory. */
export interface CompactReader {
  /** Takes the token in. False when it has a character beyond ASCII, a `+` or a `/`; the other methods must not be called then. */
  take(token: string): boolean
  /** The JSON object in the segment from `start` to `end`, `null` when that is not canonical base64url or not a JSON object in UTF-8. */
  object(token: string, start: number, end: number): Record<string, unknown> | null
  /** The bytes of the last segment, good until the next call; `null` when it is not canonical base64url. */
  signature(token: string, start: number): Buffer | null
  /** The bytes that are signed, good until the next `take`. */
  signingInput(end: number): Buffer
}

/** For each character, a bit for each remainder by 4 that the length of a segment ending in it may have; a length of 4n + 1 cannot be. */
const ENDINGS: Uint8Array = /* @__PURE__ */ endings()

function endings(): Uint8Array {
  const table = new Uint8Array(128)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (let value = 0; value < 64; value++) {
    table[alphabet.charCodeAt(value)] = 1 | (value % 16 === 0 ? 1 << 2 : 0) | (value % 4 === 0 ? 1 << 3 : 0)
  }
  return table
}

/**
 * Canonical (RFC 4648 section 3.5) without encoding again, which `decodeSegment` does and which costs 1 % of an RS256 check: Node's decoder skips
 * what it does not know, so a full length proves that it knew every character, `take` excluded the ones it knows beside the alphabet, and the last
 * character shows whether bits are left over. A property test holds this against `decodeSegment`.
 */
export function compactReader(maxLength: number = MAX_TOKEN_LENGTH): CompactReader {
  // A UTF-16 unit becomes at most 3 bytes, so a written length equal to the token's proves ASCII.
  const bytes = Buffer.allocUnsafeSlow(3 * maxLength)
  const decoded = Buffer.allocUnsafeSlow(maxLength)
  const signed = view(bytes)
  const signature = view(decoded)

  function decode(token: string, start: number, end: number): number {
    const length = end - start
    const size = decoded.write(token.slice(start, end), 0, maxLength, 'base64url')
    const isCanonical = size === (length * 3) >> 2 && (ENDINGS[token.charCodeAt(end - 1)]! & (1 << (length & 3))) !== 0
    return isCanonical ? size : 0
  }

  return {
    take: (token) => bytes.write(token) === token.length && !token.includes('+') && !token.includes('/'),
    object(token, start, end) {
      const size = decode(token, start, end)
      return size === 0 ? null : parseObject(decoded, size)
    },
    signature(token, start) {
      const size = decode(token, start, token.length)
      return size === 0 ? null : signature(size)
    },
    signingInput: signed,
  }
}

/** The first bytes of a buffer. Tokens of one issuer are mostly of one length, so the last view mostly serves again: making one costs 0.1 µs. */
function view(buffer: Buffer): (end: number) => Buffer {
  let last = buffer.subarray(0, 0)
  return (end) => {
    if (last.length !== end) last = buffer.subarray(0, end)
    return last
  }
}
