import { CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, isLive, type Claims, type Clock, type Instant, type Session, type SessionStore } from '@sallyport/core'
import type { Database } from './database.ts'
import { fromJson } from './errors.ts'
import { pageLimit } from './page-limit.ts'
import type { Sweep } from './sweep.ts'

/** A session without its keys, which whoever asks for one has. */
type SessionRow = [
  secretHash: string | null,
  counter: number,
  rotatedAt: number,
  createdAt: number,
  authenticatedAt: number,
  idleExpiresAt: number,
  expiresAt: number,
  credentialsVersion: number,
  claims: string,
  userAgent: string | null,
  network: string | null,
]
type ListedRow = [...session: SessionRow, id: string]
type FloorRow = [floor: number, claimsVersion: number]

const SESSION =
  'secret_hash, counter, rotated_at, created_at, authenticated_at, idle_expires_at, expires_at, credentials_version, claims, user_agent, network'
/** Takes the present instant twice. */
const LIVE = 'idle_expires_at > ? AND expires_at > ?'

export function sqliteSessionStore({
  database,
  clock,
  sweep,
}: {
  readonly database: Database
  readonly clock: Clock
  readonly sweep: Sweep
}): SessionStore {
  const insert = database.prepare(`INSERT INTO sessions (${SESSION}, user_id, id, claims_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const exists = database.prepare<[number]>('SELECT 1 FROM sessions WHERE user_id = ? AND id = ?')
  const find = database.prepare<SessionRow>(`SELECT ${SESSION} FROM sessions WHERE user_id = ? AND id = ?`)
  // The condition is the race: of those that present one counter, only the first still finds it.
  const rotate = database.prepare<SessionRow>(`
    UPDATE sessions SET counter = ?, rotated_at = ?, idle_expires_at = ?
    WHERE user_id = ? AND id = ? AND counter <= ? AND ${LIVE} RETURNING ${SESSION}`)
  const prolong = database.prepare<SessionRow>(`
    UPDATE sessions SET idle_expires_at = ? WHERE user_id = ? AND id = ? AND secret_hash = ? AND ${LIVE} RETURNING ${SESSION}`)
  const end = database.prepare(`DELETE FROM sessions WHERE user_id = ? AND id = ? AND (? IS NULL OR secret_hash = ?) AND ${LIVE}`)
  const endLive = database.prepare(`DELETE FROM sessions WHERE user_id = ? AND id IS NOT ? AND ${LIVE}`)
  const endRest = database.prepare('DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?')
  const list = database.prepare<ListedRow>(`SELECT ${SESSION}, id FROM sessions WHERE user_id = ? AND id > ? AND ${LIVE} ORDER BY id LIMIT ?`)
  const rewriteClaims = database.prepare('UPDATE sessions SET claims = ?, claims_version = ? WHERE user_id = ? AND claims_version < ?')

  const findFloor = database.prepare<FloorRow>('SELECT floor, claims_version FROM session_floors WHERE user_id = ? AND coalesce(closed_until, ?) > ?')
  const forgetFloor = database.prepare('DELETE FROM session_floors WHERE user_id = ? AND closed_until <= ?')
  const raiseFloor = database.prepare(`
    INSERT INTO session_floors (user_id, floor, claims_version, closed_until) VALUES (?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET
      floor = max(floor, excluded.floor),
      claims_version = max(claims_version, excluded.claims_version),
      closed_until = coalesce(closed_until, excluded.closed_until)`)

  /** Inside a transaction: a closed floor whose time is over is as absent, whether the sweep came by or not. */
  function raise(userId: string, raised: { readonly floor: number; readonly claimsVersion: number }): void {
    const now = clock.now()
    forgetFloor.run(userId, now)
    raiseFloor.run(userId, raised.floor, raised.claimsVersion, raised.floor === CLOSED_FLOOR ? now + CLOSED_FLOOR_KEPT_MS : null)
  }

  /** One read by primary key; whether the row is live is decided here, by one comparison for all reads of a single session. */
  function live(userId: string, sessionId: string, now: Instant): Session | null {
    const row = find.first(userId, sessionId)
    if (row === undefined) return null
    const session = sessionOf(userId, sessionId, row)
    return isLive(session, now) ? session : null
  }

  return {
    create: (session) =>
      database.transaction(() => {
        const now = clock.now()
        const [floor, claimsVersion] = findFloor.first(session.userId, Number.MAX_SAFE_INTEGER, now) ?? [0, 0]
        if (exists.first(session.userId, session.id) !== undefined) return { outcome: 'created', floor }
        if (floor > session.credentialsVersion) return { outcome: 'credentials-outdated' }
        if (claimsVersion > session.claims.version) return { outcome: 'claims-outdated' }
        sweep.amortise(1)
        insert.run(...sessionValues(session), session.userId, session.id, session.claims.version)
        return { outcome: 'created', floor }
      }),

    find: (userId, sessionId) => database.read(() => live(userId, sessionId, clock.now())),

    rotate: ({ userId, sessionId, counter, graceMs, idleExpiresAt }) =>
      database.transaction(() => {
        const now = clock.now()
        const row = rotate.first(counter + 1, now, idleExpiresAt, userId, sessionId, counter, now, now)
        if (row !== undefined) return { outcome: 'rotated', session: sessionOf(userId, sessionId, row) }
        const session = live(userId, sessionId, now)
        if (session === null) return { outcome: 'absent' }
        return session.counter === counter + 1 && now < session.rotatedAt + graceMs ? { outcome: 'repeated', session } : { outcome: 'reused' }
      }),

    prolong: ({ userId, sessionId, secretHash, idleExpiresAt }) =>
      database.write(() => {
        const now = clock.now()
        const row = prolong.first(idleExpiresAt, userId, sessionId, secretHash, now, now)
        return row === undefined ? null : sessionOf(userId, sessionId, row)
      }),

    end: ({ userId, sessionId, secretHash }) =>
      database.write(() => {
        const now = clock.now()
        return end.run(userId, sessionId, secretHash, secretHash, now, now) === 1
      }),

    endAll: ({ userId, floor, except }) =>
      database.transaction(() => {
        const now = clock.now()
        raise(userId, { floor, claimsVersion: 0 })
        const ended = endLive.run(userId, except, now, now)
        endRest.run(userId, except)
        return ended
      }),

    list: ({ userId, limit, cursor }) =>
      database.read(() => {
        const now = clock.now()
        const sessions = list.all(userId, cursor ?? '', now, now, pageLimit(limit) + 1).map((row) => sessionOf(userId, row[11], row))
        return sessions.length <= limit ? { sessions, cursor: null } : { sessions: sessions.slice(0, limit), cursor: sessions[limit - 1]?.id ?? null }
      }),

    rewriteClaims: (userId, claims) =>
      database.transaction(() => {
        raise(userId, { floor: 0, claimsVersion: claims.version })
        rewriteClaims.run(JSON.stringify(claims), claims.version, userId, claims.version)
      }),
  }
}

function sessionValues(session: Session): SessionRow {
  const { secretHash, counter, rotatedAt, createdAt, authenticatedAt, idleExpiresAt, expiresAt, credentialsVersion, claims, client } = session
  const times = [rotatedAt, createdAt, authenticatedAt, idleExpiresAt, expiresAt] as const
  return [secretHash, counter, ...times, credentialsVersion, JSON.stringify(claims), client.userAgent, client.network]
}

function sessionOf(userId: string, id: string, row: SessionRow | ListedRow): Session {
  const [secretHash, counter, rotatedAt, createdAt, authenticatedAt, idleExpiresAt, expiresAt, credentialsVersion] = row
  const client = { userAgent: row[9], network: row[10] }
  const claims = fromJson(row[8], 'sessions') as Claims
  return { id, userId, secretHash, counter, rotatedAt, createdAt, authenticatedAt, idleExpiresAt, expiresAt, credentialsVersion, claims, client }
}
