import { SECOND, type Instant } from '../instant.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { UserId } from '../user/user.ts'
import type { Claims, SessionId } from './session.ts'

interface UserEnd {
  readonly at: Instant
  /** Sessions that outlive it: the excepted one, and those this instance has seen created since. */
  readonly spared: Set<SessionId>
}

/** Where a token comes from, and when. */
export interface AccessTokenOfSession {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly issuedAt: Instant
  readonly sessionStartedAt: Instant
}

interface Remembered<V> {
  readonly until: Instant
  readonly value: V
}

/** What became of the sessions that this instance itself ended or changed, as long as access tokens from before can live. */
export interface RecentChanges {
  /** Whether the session of this access token was ended here. */
  ended(token: AccessTokenOfSession): boolean
  /** Claims written here that are newer than that version; `null` when there are none. */
  newerClaims(userId: UserId, version: number): Claims | null
  /** The store, watched: what goes through it is remembered. */
  watch(sessions: SessionStore): SessionStore
}

/**
 * In the jwt strategy other instances learn of an ended session when its access token runs out: that is the revocation bound. The instance that did
 * it need not wait: it remembers, and so an owner who signs out or changes their name sees it on the next request there. Nothing relies on this:
 * forgetting early (`maxEntries`) only falls back to the bound.
 */
export function recentChanges({
  clock,
  tokenLifeSeconds,
  maxEntries = 10_000,
}: {
  readonly clock: Clock
  readonly tokenLifeSeconds: number
  readonly maxEntries?: number
}): RecentChanges {
  const endedSessions = new Map<string, Remembered<true>>()
  const endedUsers = new Map<UserId, Remembered<UserEnd>>()
  const claims = new Map<UserId, Remembered<Claims>>()

  const remember = <K, V>(map: Map<K, Remembered<V>>, key: K, value: V): void => {
    map.delete(key)
    map.set(key, { until: clock.now() + (tokenLifeSeconds + 1) * SECOND, value })
    for (const [oldest, entry] of map) {
      if (map.size <= maxEntries && clock.now() < entry.until) break
      map.delete(oldest)
    }
  }
  const recall = <K, V>(map: Map<K, Remembered<V>>, key: K): V | null => {
    if (map.size === 0) return null
    const entry = map.get(key)
    return entry !== undefined && clock.now() < entry.until ? entry.value : null
  }

  return {
    ended: ({ userId, sessionId, issuedAt, sessionStartedAt }) => {
      if (endedSessions.size > 0 && recall(endedSessions, sessionKey(userId, sessionId)) !== null) return true
      const end = recall(endedUsers, userId)
      // A token issued later proves a session that is alive, by whatever clock it was started.
      return end !== null && sessionStartedAt <= end.at && issuedAt <= end.at && !end.spared.has(sessionId)
    },
    newerClaims: (userId, version) => {
      const newer = recall(claims, userId)
      return newer !== null && newer.version > version ? newer : null
    },
    watch: (sessions) => ({
      ...sessions,
      create: async (session) => {
        const created = await sessions.create(session)
        if (created.outcome === 'created') recall(endedUsers, session.userId)?.spared.add(session.id)
        return created
      },
      end: async (key) => {
        const ended = await sessions.end(key)
        remember(endedSessions, sessionKey(key.userId, key.sessionId), true)
        return ended
      },
      endAll: async (key) => {
        const count = await sessions.endAll(key)
        remember(endedUsers, key.userId, { at: clock.now(), spared: new Set(key.except === null ? [] : [key.except]) })
        return count
      },
      rewriteClaims: async (userId, newer) => {
        await sessions.rewriteClaims(userId, newer)
        remember(claims, userId, newer)
      },
    }),
  }
}

/** By both, so that nobody can have a session refused by naming its id as their own. */
function sessionKey(userId: UserId, sessionId: SessionId): string {
  return `${userId}.${sessionId}`
}
