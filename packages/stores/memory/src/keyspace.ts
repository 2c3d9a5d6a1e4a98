import {
  isLive,
  type Clock,
  type Identity,
  type IdentityKey,
  type Instant,
  type OneTimeToken,
  type Session,
  type SessionId,
  type SigningKey,
  type User,
  type UserId,
} from '@sallyport/core'
import { sweepingMap, type SweepingMap } from './sweeping-map.ts'

/** How many rows of each kind are kept at most. Beyond it new rows are refused with `StoreUnavailableError`; existing ones go on. */
export interface MemoryLimits {
  /** 100,000 when left out. */
  readonly users?: number
  /** Sessions, and apart from them users with a floor or claims; 500,000 when left out. */
  readonly sessions?: number
  /** 100,000 when left out. */
  readonly oneTimeTokens?: number
  /** Keys of counters; 200,000 when left out. */
  readonly counters?: number
}

export interface UserRow {
  readonly user: User
  readonly identities: ReadonlyMap<IdentityKey, Identity>
  /** Of the last `replace` or `moveIdentity`. */
  readonly attemptId: string | null
}

/** What the sessions of one user hang on. Changed in place. */
export interface SessionOwner {
  readonly userId: UserId
  floor: number
  /** The version of the newest claims that `rewriteClaims` has seen; 0 before. */
  claimsVersion: number
  /** When a closed floor is forgotten; `null` while the user is there. */
  forgetAt: Instant | null
  readonly sessionIds: Set<SessionId>
}

export interface OneTimeTokenRow {
  readonly token: OneTimeToken
  /** The attempt that used it up. */
  readonly usedBy: string | null
}

export interface CounterRow {
  readonly key: string
  count: number
  resetsAt: Instant
}

/** Every row of a memory store. Several `memoryStores` over one keyspace are several handles on the same data. */
export interface MemoryKeyspace {
  readonly users: SweepingMap<UserRow>
  readonly identityHolders: Map<IdentityKey, UserId>
  readonly sessions: SweepingMap<Session>
  readonly sessionOwners: SweepingMap<SessionOwner>
  readonly oneTimeTokens: SweepingMap<OneTimeTokenRow>
  readonly counters: SweepingMap<CounterRow>
  readonly keys: Map<number, SigningKey>
  /** Removes every expired row at once; writes do the same little by little. */
  sweep(): void
  /** Every row as JSON text, for tests that look at what is stored. */
  dump(): readonly string[]
}

export function memoryKeyspace({ clock, limits = {} }: { readonly clock: Clock; readonly limits?: MemoryLimits }): MemoryKeyspace {
  const users = sweepingMap<UserRow>({ rows: 'users', limit: limits.users ?? 100_000, clock, isDead: () => false })
  const identityHolders = new Map<IdentityKey, UserId>()
  const sessionOwners = sweepingMap<SessionOwner>({ rows: 'users with sessions', limit: limits.sessions ?? 500_000, clock, isDead: isForgotten })
  const sessions = sweepingMap<Session>({
    rows: 'sessions',
    limit: limits.sessions ?? 500_000,
    clock,
    isDead: (session, now) => !isLive(session, now),
    onSwept: ({ userId, id }) => sessionOwners.get(userId)?.sessionIds.delete(id),
  })
  const oneTimeTokens = sweepingMap<OneTimeTokenRow>({
    rows: 'one-time tokens',
    limit: limits.oneTimeTokens ?? 100_000,
    clock,
    isDead: ({ token }, now) => now >= token.expiresAt,
  })
  const counters = sweepingMap<CounterRow>({
    rows: 'counters',
    limit: limits.counters ?? 200_000,
    clock,
    isDead: ({ resetsAt }, now) => now >= resetsAt,
  })
  const keys = new Map<number, SigningKey>()
  const swept = [sessions, sessionOwners, oneTimeTokens, counters]
  const all: readonly { entries(): Iterable<unknown> }[] = [users, identityHolders, keys, ...swept]
  return {
    users,
    identityHolders,
    sessions,
    sessionOwners,
    oneTimeTokens,
    counters,
    keys,
    sweep() {
      for (const map of swept) map.sweep()
    },
    dump: () => all.flatMap((map) => Array.from(map.entries(), asText)),
  }
}

/** The length in front makes the key unambiguous: ids come from anybody's token and may contain any separator. */
export function sessionKey(userId: UserId, sessionId: SessionId): string {
  return `${userId.length}:${userId}${sessionId}`
}

export function oneTimeTokenKey({ userId, purpose }: Pick<OneTimeToken, 'userId' | 'purpose'>): string {
  return `${purpose}:${userId}`
}

export function counterKey(key: string, windowMs: number): string {
  return `${windowMs}:${key}`
}

/** Over when nothing hangs on it; a closed floor also when its time is up, by which every session under it is long dead. */
function isForgotten({ floor, claimsVersion, forgetAt, sessionIds }: SessionOwner, now: Instant): boolean {
  if (forgetAt !== null) return now >= forgetAt && sessionIds.size === 0
  return floor === 0 && claimsVersion === 0 && sessionIds.size === 0
}

function asText(entry: unknown): string {
  return JSON.stringify(entry, (_, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value))
}
