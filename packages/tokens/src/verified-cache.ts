import { ConfigurationError, type Instant, type TokenVerification } from '@sallyport/core'
import { nodeCrypto } from './node-crypto.ts'

export interface CacheLimits {
  /** Answers kept at most, each of at most a token's size in memory. At least 2. */
  readonly maxEntries: number
  /** Seconds after its check from which a token is checked in full again: part of the revocation bound. At least 1. */
  readonly maxAgeSeconds: number
}

/** What was verified; never kept beyond its `exp`. */
export interface Verified {
  readonly payload: { readonly exp: number }
}

interface Entry<V> {
  readonly digest: string
  readonly verified: V
  readonly from: Instant
  readonly until: Instant
}

/** By mark. Two tokens of one mark (24 bits) displace each other, which costs a check and nothing else. */
type Generation<V> = Map<number, Entry<V>>

export interface VerifiedCache<V extends Verified> {
  /** The kept answer, `null` when there is none or it is over at `now`. */
  get(token: string, now: Instant): V | null
  /** Freezes the answer all the way down, because every later caller gets this same object. */
  put(token: string, verified: V, now: Instant): void
  clear(): void
}

/**
 * Answers by the SHA-256 of their token, compared in full. Two generations instead of a list: when the young one has half of `maxEntries` it becomes the old one and
 * the old one is dropped, so evicting costs nothing per entry and what is in use stays (a hit in the old generation moves to the young one).
 */
export function verifiedCache<V extends Verified = TokenVerification & { readonly ok: true }>({
  maxEntries,
  maxAgeSeconds,
}: CacheLimits): VerifiedCache<V> {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 2)
    throw new ConfigurationError('The cache of verified tokens needs maxEntries of at least 2.')
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1) {
    throw new ConfigurationError('The cache of verified tokens needs maxAgeSeconds of at least 1.')
  }
  const half = Math.floor(maxEntries / 2)
  let young: Generation<V> = new Map()
  let old: Generation<V> = new Map()

  function keep(mark: number, entry: Entry<V>): void {
    if (young.size >= half) {
      old = young
      young = new Map()
    }
    young.set(mark, entry)
  }

  function find(token: string): Entry<V> | null {
    const mark = markOf(token)
    const fresh = young.get(mark)
    const aged = old.get(mark)
    if (fresh === undefined && aged === undefined) return null
    const digest = digestOf(token)
    if (fresh?.digest === digest) return fresh
    if (aged?.digest !== digest) return null
    old.delete(mark)
    keep(mark, aged)
    return aged
  }

  return {
    get(token, now) {
      const entry = find(token)
      // `from`: a clock set back must not lengthen the life of an answer, nor answer before `iat` and `nbf`.
      return entry !== null && entry.from <= now && now < entry.until ? entry.verified : null
    },
    put(token, verified, now) {
      freezeAll(verified)
      const until = Math.min(now + maxAgeSeconds * 1000, verified.payload.exp * 1000)
      keep(markOf(token), { digest: digestOf(token), verified, from: now, until })
    },
    clear() {
      young = new Map()
      old = new Map()
    },
  }
}

/** All 256 bits, as 32 characters. */
function digestOf(token: string): string {
  return nodeCrypto.hash('sha256', token, 'binary')
}

/**
 * Four letters from the end of the signature as a number: where to look. A token whose mark is unknown was never kept, and is told so without the price
 * of its digest; equal marks say nothing.
 */
function markOf(token: string): number {
  const end = token.length - 2
  return (token.charCodeAt(end) << 21) | (token.charCodeAt(end - 1) << 14) | (token.charCodeAt(end - 2) << 7) | token.charCodeAt(end - 3)
}

/** With a list of its own instead of recursion: a token has room for some thousand levels. */
export function freezeAll(root: object): void {
  const pending: object[] = [root]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    Object.freeze(value)
    for (const member of Object.values(value) as unknown[]) if (typeof member === 'object' && member !== null) pending.push(member)
  }
}
