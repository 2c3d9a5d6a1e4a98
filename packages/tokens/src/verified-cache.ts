import { ConfigurationError, type Instant, type TokenVerification } from '@sallyport/core'

export interface CacheLimits {
  /** Answers kept at most, each of at most a token's size in memory. At least 2. */
  readonly maxEntries: number
  /** Seconds after its check from which a token is checked in full again: part of the revocation bound. At least 1. */
  readonly maxAgeSeconds: number
}

type Verified = TokenVerification & { readonly ok: true }

interface Entry {
  readonly verified: Verified
  readonly from: Instant
  readonly until: Instant
}

export interface VerifiedCache {
  /** The kept answer, `null` when there is none or it is over at `now`. */
  get(digest: string, now: Instant): Verified | null
  /** Freezes the answer all the way down, because every later caller gets this same object. */
  put(digest: string, verified: Verified, now: Instant): void
  clear(): void
}

/**
 * Answers by the digest of their token. Two generations instead of a list: when the young one is half of `maxEntries` it becomes the old one and
 * the old one is dropped, so evicting costs nothing per entry and what is in use stays (a hit in the old generation moves to the young one).
 */
export function verifiedCache({ maxEntries, maxAgeSeconds }: CacheLimits): VerifiedCache {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 2) throw new ConfigurationError('The cache of verified tokens needs maxEntries of at least 2.')
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1) {
    throw new ConfigurationError('The cache of verified tokens needs maxAgeSeconds of at least 1.')
  }
  const half = Math.floor(maxEntries / 2)
  let young = new Map<string, Entry>()
  let old = new Map<string, Entry>()

  function keep(digest: string, entry: Entry): void {
    if (young.size >= half) {
      old = young
      young = new Map()
    }
    young.set(digest, entry)
  }

  return {
    get(digest, now) {
      let entry = young.get(digest)
      if (entry === undefined) {
        entry = old.get(digest)
        if (entry === undefined) return null
        old.delete(digest)
        keep(digest, entry)
      }
      // `from`: a clock set back must not lengthen the life of an answer, nor answer before `iat` and `nbf`.
      return entry.from <= now && now < entry.until ? entry.verified : null
    },
    put(digest, verified, now) {
      freeze(verified)
      keep(digest, { verified, from: now, until: Math.min(now + maxAgeSeconds * 1000, verified.payload.exp * 1000) })
    },
    clear() {
      young = new Map()
      old = new Map()
    },
  }
}

/** With a list of its own instead of recursion: a token has room for some thousand levels. */
function freeze(root: object): void {
  const pending: object[] = [root]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    Object.freeze(value)
    for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) pending.push(member)
  }
}
