import { createHash } from 'node:crypto'
import type { Identity, Instant, OneTimeToken, OneTimeTokenPurpose, Session, SigningKey, User } from '@sallyport/core'

/**
 * How everything is laid out. An entity is its key, `record` (JSON text) and, where it expires, `expireAt` for the TTL policy of its kind. No property is
 * indexed: nothing is looked for but by key, indexed text ends at 1,500 bytes, and an index over instants would be one hot end.
 */
export interface Kind<T> {
  readonly name: string
  /** From when on nobody misses the entity; `null` for those that stay. */
  readonly expireAt: (record: T) => Instant | null
}

export interface Key<T> {
  readonly kind: Kind<T>
  /** The names of the key's path, root first; all but the last belong to `kinds`. */
  readonly path: readonly { readonly kind: string; readonly name: string }[]
}

export interface UserRecord {
  readonly user: User
  readonly identities: readonly Identity[]
  /** Of the change that made this version; `null` for the first. */
  readonly attemptId: string | null
}

/** Found by what a sign-in presents, with everything it needs: one look-up. Written together with the user, always. */
export interface IdentityRecord {
  readonly user: User
  readonly identity: Identity
}

export interface FloorRecord {
  readonly userId: string
  readonly floor: number
  readonly claimsVersion: number
  /** When a closed floor is forgotten; `null` for a floor that stays. */
  readonly closedUntil: Instant | null
  /** The one permit that is there; left out by older versions, which wrote none. */
  readonly permit?: Permit | null
}

/** Which sessions may be created: those of this `credentialsVersion` and this `claims.version`. */
export interface Permit {
  readonly credentialsVersion: number
  readonly claimsVersion: number
}

export interface PermitRecord extends Permit {
  readonly userId: string
}

export interface SessionRecord {
  readonly session: Session
  /** Of the rotation that made this counter; `null` before the first. */
  readonly attemptId: string | null
}

export interface OneTimeTokenRecord {
  readonly token: OneTimeToken
  /** Who used it. It stays until it expires, so that the same attempt is known again. */
  readonly attemptId: string | null
}

export interface CounterRecord {
  readonly key: string
  readonly count: number
  readonly resetsAt: Instant
}

const forever = (): null => null

export const USER: Kind<UserRecord> = { name: 'SallyportUser', expireAt: forever }
const IDENTITY: Kind<IdentityRecord> = { name: 'SallyportIdentity', expireAt: forever }
const FLOOR: Kind<FloorRecord> = { name: 'SallyportSessionFloor', expireAt: ({ closedUntil }) => closedUntil }
/** Goes when the floor closes, not by itself: a floor that is forgotten has none. */
const PERMIT: Kind<PermitRecord> = { name: 'SallyportSessionPermit', expireAt: forever }
export const SESSION: Kind<SessionRecord> = {
  name: 'SallyportSession',
  expireAt: ({ session }) => Math.min(session.idleExpiresAt, session.expiresAt),
}
const ONE_TIME_TOKEN: Kind<OneTimeTokenRecord> = { name: 'SallyportOneTimeToken', expireAt: ({ token }) => token.expiresAt }
const COUNTER: Kind<CounterRecord> = { name: 'SallyportCounter', expireAt: ({ resetsAt }) => resetsAt }
export const SIGNING_KEY: Kind<SigningKey> = { name: 'SallyportSigningKey', expireAt: forever }

/** The kinds that want a TTL policy on `expireAt`. Clean-up only: no answer depends on it. */
export const EXPIRING_KINDS: readonly string[] = [FLOOR, SESSION, ONE_TIME_TOKEN, COUNTER].map(({ name }) => name)

/** The kinds whose entities the same instance often writes again: what it knows of them is worth keeping. */
export const REMEMBERED_KINDS: readonly string[] = [SESSION, COUNTER].map(({ name }) => name)

export const userKey = (userId: string): Key<UserRecord> => root(USER, hashed(userId))
export const identityKey = (key: string): Key<IdentityRecord> => root(IDENTITY, hashed(key))
/** The root of the user's entity group: sessions and the permit are its children, sessions there with or without it. */
export const floorKey = (userId: string): Key<FloorRecord> => root(FLOOR, hashed(userId))
export const permitKey = (userId: string, { credentialsVersion, claimsVersion }: Permit): Key<PermitRecord> =>
  child(floorKey(userId), PERMIT, `${credentialsVersion}.${claimsVersion}`)
export const sessionKey = (userId: string, sessionId: string): Key<SessionRecord> => child(floorKey(userId), SESSION, hashed(sessionId))
/** The token of that purpose: there is at most one. */
export const oneTimeTokenKey = (userId: string, purpose: OneTimeTokenPurpose): Key<OneTimeTokenRecord> =>
  root(ONE_TIME_TOKEN, `${hashed(userId)}.${purpose}`)
/** A window has its own entity, so that a new one starts at 1 whether the old one is gone or not. */
export const counterKey = (key: string, windowMs: number, resetsAt: Instant): Key<CounterRecord> =>
  root(COUNTER, hashed(`${windowMs}:${resetsAt}:${key}`))
/** All generations are one entity group, so that listing them is strongly consistent on every kind of database. */
export const KEY_RING: Pick<Key<never>, 'path'> = { path: [{ kind: 'SallyportKeyRing', name: 'signing' }] }
export const signingKeyKey = (generation: number): Key<SigningKey> => child(KEY_RING, SIGNING_KEY, String(generation).padStart(16, '0'))

/** The last name of a key: where a page ends and the next one goes on. */
export const nameOf = ({ path }: Pick<Key<never>, 'path'>): string => path.at(-1)?.name ?? ''

/** Whether a cursor is the name of a key of ours; every other text is a place where nothing follows. */
export const isName = (cursor: string): boolean => /^[\w-]{43}$/.test(cursor)

/**
 * The SHA-256 of what identifies: any text at all gives a name of 43 characters, no two of which collate or fold alike, and names that rise with
 * time (UUIDv7) are spread over the key range, as Datastore wants it.
 */
function hashed(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url')
}

function root<T>(kind: Kind<T>, name: string): Key<T> {
  return { kind, path: [{ kind: kind.name, name }] }
}

function child<T>(parent: Pick<Key<never>, 'path'>, kind: Kind<T>, name: string): Key<T> {
  return { kind, path: [...parent.path, { kind: kind.name, name }] }
}
