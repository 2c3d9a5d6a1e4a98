import { createHash } from 'node:crypto'
import {
  ConfigurationError,
  HOUR,
  StoreUnavailableError,
  type IdentityKey,
  type Json,
  type OneTimeTokenPurpose,
  type SessionId,
  type UserId,
} from '@sallyport/core'

/**
 * How much later than by the injected clock Redis may drop a row by its own. Never earlier: an instance whose clock is behind Redis's by less than this loses nothing.
 * Functions that were frozen have been seen two hours off.
 */
export const EXPIRY_SLACK_MS: number = 3 * HOUR

/** The names of all keys. What stands in braces decides the slot in a cluster: one script touches keys of one slot only. */
export interface Keyspace {
  readonly user: (userId: UserId) => string
  readonly identity: (digest: string) => string
  /** Sorted set of all user ids, for listing. */
  readonly users: string
  readonly session: (userId: UserId, sessionId: SessionId) => string
  /** Sorted set of the ids of the user's sessions, by when each is over. */
  readonly sessions: (userId: UserId) => string
  readonly floor: (userId: UserId) => string
  readonly oneTimeToken: (userId: UserId, purpose: OneTimeTokenPurpose) => string
  readonly counter: (counter: { readonly key: string; readonly windowMs: number; readonly resetsAt: number }) => string
  /** Hash of all signing keys by generation. */
  readonly signingKeys: string
}

/** @throws ConfigurationError (`configuration`) for a prefix that would make names ambiguous. */
export function keyspace(prefix: string): Keyspace {
  if (!/^[\w.-]{1,64}$/.test(prefix)) {
    throw new ConfigurationError('The key prefix of the Redis store is 1 to 64 letters, digits, dots, hyphens and underscores.')
  }
  // All users share a slot, because the uniqueness of an identity and the user's row must change in one script. Sessions are spread by user.
  const directory = `{${prefix}:users}`
  const owned = (userId: UserId): string => `${prefix}:{${plain(userId)}}`
  return {
    user: (userId) => `${directory}:user:${plain(userId)}`,
    identity: (digest) => `${directory}:identity:${digest}`,
    users: `${directory}:all`,
    session: (userId, sessionId) => `${owned(userId)}:session:${plain(sessionId)}`,
    sessions: (userId) => `${owned(userId)}:sessions`,
    floor: (userId) => `${owned(userId)}:floor`,
    oneTimeToken: (userId, purpose) => `${owned(userId)}:token:${purpose}`,
    counter: ({ key, windowMs, resetsAt }) => `${prefix}:count:${windowMs}:${resetsAt}:${key}`,
    signingKeys: `${prefix}:keys`,
  }
}

/** Identities are looked up by digest: any length, any characters, and no address in the name of a key. */
export function identityDigest(key: IdentityKey): string {
  return sha256(key)
}

/** Ids come from anybody's token. One that could end a hash tag early or imitate another key's name is replaced by its digest, behind a sign that no plain id has. */
function plain(id: string): string {
  return /^[\w-]{1,64}$/.test(id) ? id : `~${sha256(id)}`
}

function sha256(text: string): string {
  // By code units: UTF-8 would fold all lone surrogates into one.
  return createHash('sha256').update(text, 'utf16le').digest('base64url')
}

/**
 * A record as it is stored: a JSON array with each value on a line of its own, so that scripts can tell the values apart without reading JSON. JSON itself has no line breaks
 * that we do not put there: inside strings they are escaped.
 */
export function encode(values: readonly (Json | object)[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(',\n')}]`
}

/** The values of a record. Throws `StoreUnavailableError` for a text that this package did not write. The parser's own error is left out: it quotes the text. */
export function decode(record: unknown): unknown[] {
  let values: unknown
  try {
    values = JSON.parse(String(record))
  } catch {
    throw corrupt()
  }
  if (!Array.isArray(values)) throw corrupt()
  return values
}

export function corrupt(): StoreUnavailableError {
  return new StoreUnavailableError('A record cannot be read: Redis was written to from outside, or is damaged.')
}
