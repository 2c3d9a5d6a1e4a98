import {
  CLOSED_FLOOR,
  CLOSED_FLOOR_KEPT_MS,
  isLive,
  type Claims,
  type Clock,
  type Instant,
  type RotateOutcome,
  type Session,
  type SessionId,
  type SessionStore,
  type UserId,
} from '@sallyport/core'
import type { Connection, Sending } from './connection.ts'
import { corrupt, decode, encode, type Keyspace } from './keyspace.ts'
import { pageLimit } from './page-limit.ts'
import { CREATE, END, END_PAGE, PROLONG, RAISE, REWRITE_PAGE, ROTATE } from './session-scripts.ts'

type SessionRecord = [
  counter: number,
  rotatedAt: Instant,
  idleExpiresAt: Instant,
  expiresAt: Instant,
  secretHash: string | null,
  claimsVersion: number,
  claims: Claims,
  rest: [createdAt: Instant, authenticatedAt: Instant, credentialsVersion: number, userAgent: string | null, network: string | null],
]

/** How many sessions one script ends or rewrites: Redis serves nobody else meanwhile, and these take it about a millisecond. */
const PAGE = 250

export function redisSessionStore({
  connection,
  keys,
  clock,
}: {
  readonly connection: Connection
  readonly keys: Keyspace
  readonly clock: Clock
}): SessionStore {
  /** Raises floor and claims mark, and answers the ids of the sessions there are. */
  async function raise(
    userId: UserId,
    raised: { readonly floor: number; readonly claimsVersion: number },
    sending: Sending,
  ): Promise<readonly SessionId[]> {
    const now = clock.now()
    const forgetAt = raised.floor === CLOSED_FLOOR ? now + CLOSED_FLOOR_KEPT_MS : null
    const args = [now, raised.floor, raised.claimsVersion, forgetAt].map(String)
    return texts(await connection.evaluate(RAISE, { ...sending, keys: [keys.floor(userId), keys.sessions(userId)], args }))
  }

  function* pages(userId: UserId, ids: readonly SessionId[]): Generator<{ readonly ids: readonly SessionId[]; readonly names: readonly string[] }> {
    for (let start = 0; start < ids.length; start += PAGE) {
      const page = ids.slice(start, start + PAGE)
      yield { ids: page, names: page.map((id) => keys.session(userId, id)) }
    }
  }

  return {
    async create(session) {
      const { userId, id, credentialsVersion, claims } = session
      const args = [encode(recordOf(session)), id, ...[clock.now(), credentialsVersion, claims.version].map(String)]
      const [outcome, floor] = texts(
        await connection.evaluate(CREATE, { keys: [keys.session(userId, id), keys.sessions(userId), keys.floor(userId)], args }),
      )
      if (outcome === 'created') return { outcome, floor: Number(floor) }
      return { outcome: outcome as 'credentials-outdated' | 'claims-outdated' }
    },

    async find(userId, sessionId) {
      const stored = await connection.command('GET', [keys.session(userId, sessionId)])
      if (stored === null) return null
      const session = sessionOf(userId, sessionId, stored)
      return isLive(session, clock.now()) ? session : null
    },

    async rotate({ userId, sessionId, counter, graceMs, idleExpiresAt }): Promise<RotateOutcome> {
      const reply = await connection.evaluate(ROTATE, {
        keys: [keys.session(userId, sessionId), keys.sessions(userId)],
        args: [...[clock.now(), counter, counter + 1, graceMs, idleExpiresAt].map(String), sessionId],
        // After a lost answer it may be this very call that rotated, and a short grace be over since: that is no theft.
        isMoot: (answer) => texts(answer)[0] === 'reused',
      })
      const [outcome, stored] = texts(reply)
      if (outcome === 'rotated' || outcome === 'repeated') return { outcome, session: sessionOf(userId, sessionId, stored) }
      return { outcome: outcome as 'reused' | 'absent' }
    },

    async prolong({ userId, sessionId, secretHash, idleExpiresAt }) {
      const args = [String(clock.now()), JSON.stringify(secretHash), String(idleExpiresAt), sessionId]
      const stored = await connection.evaluate(PROLONG, { keys: [keys.session(userId, sessionId), keys.sessions(userId)], args })
      return stored === null ? null : sessionOf(userId, sessionId, stored)
    },

    async end({ userId, sessionId, secretHash }) {
      const ended = await connection.evaluate(END, {
        keys: [keys.session(userId, sessionId), keys.sessions(userId)],
        args: [String(clock.now()), JSON.stringify(secretHash), sessionId],
        // Whether the lost attempt ended it or somebody else did, nobody knows.
        isMoot: (answer) => answer === 0,
      })
      return ended === 1
    },

    async endAll({ userId, floor, except }) {
      const sending = { deadline: connection.deadline() }
      const ids = await raise(userId, { floor, claimsVersion: 0 }, sending)
      let ended = 0
      for (const page of pages(
        userId,
        ids.filter((id) => id !== except),
      )) {
        const args = [String(clock.now()), ...page.ids]
        ended += Number(await connection.evaluate(END_PAGE, { ...sending, keys: [keys.sessions(userId), ...page.names], args }))
      }
      return ended
    },

    async list({ userId, limit, cursor }) {
      const sending = { deadline: connection.deadline() }
      const now = clock.now()
      // By id, and the cursor is the last id looked at: whatever comes, goes or is prolonged meanwhile, the rest keeps its place.
      const ids = texts(await connection.command('ZRANGE', [keys.sessions(userId), `(${now}`, '+inf', 'BYSCORE'], sending))
        .filter((id) => cursor === null || id > cursor)
        .toSorted()
      const page = ids.slice(0, pageLimit(limit))
      if (page.length === 0) return { sessions: [], cursor: null }
      const found = await connection.command(
        'MGET',
        page.map((id) => keys.session(userId, id)),
        sending,
      )
      if (!Array.isArray(found)) throw corrupt()
      const sessions = page.flatMap((id, index) => (found[index] === null ? [] : sessionOf(userId, id, found[index])))
      return { sessions: sessions.filter((session) => isLive(session, now)), cursor: ids.length > page.length ? (page.at(-1) ?? null) : null }
    },

    async rewriteClaims(userId, claims) {
      const sending = { deadline: connection.deadline() }
      const ids = await raise(userId, { floor: 0, claimsVersion: claims.version }, sending)
      const args = [String(claims.version), JSON.stringify(claims)]
      for (const { names } of pages(userId, ids)) await connection.evaluate(REWRITE_PAGE, { ...sending, keys: names, args })
    },
  }
}

function recordOf(session: Session): SessionRecord {
  const { counter, rotatedAt, idleExpiresAt, expiresAt, secretHash, claims, createdAt, authenticatedAt, credentialsVersion, client } = session
  const rest: SessionRecord[7] = [createdAt, authenticatedAt, credentialsVersion, client.userAgent, client.network]
  return [counter, rotatedAt, idleExpiresAt, expiresAt, secretHash, claims.version, claims, rest]
}

function sessionOf(userId: UserId, id: SessionId, stored: unknown): Session {
  const [counter, rotatedAt, idleExpiresAt, expiresAt, secretHash, , claims, rest] = decode(stored) as SessionRecord
  const [createdAt, authenticatedAt, credentialsVersion, userAgent, network] = rest
  const client = { userAgent, network }
  return { id, userId, secretHash, counter, rotatedAt, createdAt, authenticatedAt, idleExpiresAt, expiresAt, credentialsVersion, claims, client }
}

function texts(reply: unknown): readonly string[] {
  if (!Array.isArray(reply)) throw corrupt()
  return reply as readonly string[]
}
