import { CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, isLive, type Clock, type Session, type SessionId, type SessionStore, type UserId } from '@sallyport/core'
import { frozenCopy } from './frozen-copy.ts'
import { sessionKey, type MemoryKeyspace, type SessionOwner } from './keyspace.ts'

/** No method awaits between its check and its write, so each is atomic: nothing else runs in between. */
export function memorySessionStore({ keyspace, clock }: { readonly keyspace: MemoryKeyspace; readonly clock: Clock }): SessionStore {
  const { sessions, sessionOwners } = keyspace

  function live(userId: UserId, sessionId: SessionId): Session | null {
    const session = sessions.get(sessionKey(userId, sessionId))
    return session !== undefined && isLive(session, clock.now()) ? session : null
  }

  function liveOf(userId: UserId): Session[] {
    return [...(sessionOwners.get(userId)?.sessionIds ?? [])].flatMap((sessionId) => live(userId, sessionId) ?? [])
  }

  function ownerFor(userId: UserId): SessionOwner {
    const known = sessionOwners.get(userId)
    if (known !== undefined) return known
    const owner: SessionOwner = { userId, floor: 0, claimsVersion: 0, forgetAt: null, sessionIds: new Set() }
    sessionOwners.set(userId, owner)
    return owner
  }

  /** `changes` are numbers or frozen already, so a shallow copy is enough. */
  function store(session: Session, changes: Partial<Session>): Session {
    const changed = Object.freeze({ ...session, ...changes })
    sessions.set(sessionKey(session.userId, session.id), changed)
    return changed
  }

  function remove({ userId, id }: Pick<Session, 'userId' | 'id'>): void {
    sessions.delete(sessionKey(userId, id))
    sessionOwners.get(userId)?.sessionIds.delete(id)
  }

  return {
    async create(session) {
      const { floor, claimsVersion } = sessionOwners.get(session.userId) ?? { floor: 0, claimsVersion: 0 }
      const key = sessionKey(session.userId, session.id)
      if (sessions.get(key) !== undefined) return { outcome: 'created', floor }
      if (floor > session.credentialsVersion) return { outcome: 'credentials-outdated' }
      if (claimsVersion > session.claims.version) return { outcome: 'claims-outdated' }
      const stored = frozenCopy(session)
      const owner = ownerFor(session.userId)
      sessions.set(key, stored)
      owner.sessionIds.add(session.id)
      return { outcome: 'created', floor }
    },

    async find(userId, sessionId) {
      return live(userId, sessionId)
    },

    async rotate({ userId, sessionId, counter, graceMs, idleExpiresAt }) {
      const session = live(userId, sessionId)
      if (session === null) return { outcome: 'absent' }
      const now = clock.now()
      if (session.counter <= counter) return { outcome: 'rotated', session: store(session, { counter: counter + 1, rotatedAt: now, idleExpiresAt }) }
      const insideGrace = session.counter === counter + 1 && now < session.rotatedAt + graceMs
      return insideGrace ? { outcome: 'repeated', session } : { outcome: 'reused' }
    },

    async prolong({ userId, sessionId, secretHash, idleExpiresAt }) {
      const session = live(userId, sessionId)
      return session === null || session.secretHash !== secretHash ? null : store(session, { idleExpiresAt })
    },

    async end({ userId, sessionId, secretHash }) {
      const session = live(userId, sessionId)
      if (session === null || (secretHash !== null && session.secretHash !== secretHash)) return false
      remove(session)
      return true
    },

    async endAll({ userId, floor, except }) {
      const owner = ownerFor(userId)
      owner.floor = Math.max(owner.floor, floor)
      if (owner.floor === CLOSED_FLOOR) owner.forgetAt ??= clock.now() + CLOSED_FLOOR_KEPT_MS
      const ended = liveOf(userId).filter(({ id }) => id !== except)
      for (const session of ended) remove(session)
      return ended.length
    },

    async list({ userId, limit, cursor }) {
      // By id, and the cursor is the last id shown: whatever comes and goes meanwhile, the rest keeps its place.
      const rest = liveOf(userId).filter(({ id }) => cursor === null || id > cursor)
      const page = rest.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit)
      return { sessions: page, cursor: rest.length > page.length ? (page.at(-1)?.id ?? null) : null }
    },

    async rewriteClaims(userId, claims) {
      const owner = ownerFor(userId)
      owner.claimsVersion = Math.max(owner.claimsVersion, claims.version)
      const copy = frozenCopy(claims)
      for (const session of liveOf(userId)) if (session.claims.version < claims.version) store(session, { claims: copy })
    },
  }
}
