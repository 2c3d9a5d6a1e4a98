import { randomUUID } from 'node:crypto'
import {
  CLOSED_FLOOR,
  CLOSED_FLOOR_KEPT_MS,
  isLive,
  type Clock,
  type CreateSessionOutcome,
  type Instant,
  type RotateOutcome,
  type Session,
  type SessionStore,
} from '@sallyport/core'
import type { Database, Decision } from './database.ts'
import { insert, remove, update, type Stored } from './entity.ts'
import { floorKey, isName, nameOf, SESSION, sessionKey, type FloorRecord, type SessionRecord } from './keyspace.ts'
import { pageLimit } from './page-limit.ts'

/** How many sessions are ended or rewritten by one commit, which takes 500 writes and 10 MiB. */
const BATCH = 100

export function datastoreSessionStore({ database, clock }: { readonly database: Database; readonly clock: Clock }): SessionStore {
  /** Lifts floor and claims version to what is given, never lowers them. */
  function raise(userId: string, raised: { readonly floor: number; readonly claimsVersion: number }): Promise<null> {
    const key = floorKey(userId)
    return database.change([key], ([stored]) => {
      const now = clock.now()
      const before = floorOf(stored, userId, now)
      const record: FloorRecord = {
        userId,
        floor: Math.max(before.floor, raised.floor),
        claimsVersion: Math.max(before.claimsVersion, raised.claimsVersion),
        closedUntil: before.closedUntil ?? (raised.floor === CLOSED_FLOOR ? now + CLOSED_FLOOR_KEPT_MS : null),
      }
      if (stored === null) return { writes: [insert(key, record)], result: null }
      const isHighEnough = stored.record.floor === record.floor && stored.record.claimsVersion === record.claimsVersion
      return { writes: isHighEnough && stored.record.closedUntil === record.closedUntil ? [] : [update(stored, record)], result: null }
    })
  }

  /** Every session of the user, dead ones too, in batches: each is told of what the query saw. */
  async function inBatches(userId: string, work: (batch: readonly Stored<SessionRecord>[]) => Promise<void>): Promise<void> {
    let after: string | null = null
    for (;;) {
      const batch: readonly Stored<SessionRecord>[] = await database.query({ kind: SESSION, ancestor: floorKey(userId), after, limit: BATCH })
      await work(batch)
      const last = batch[BATCH - 1]
      if (last === undefined) return
      after = nameOf(last.key)
    }
  }

  /** One read and one conditional write of a live session. */
  function ofLive<Result>(
    userId: string,
    sessionId: string,
    absent: Result,
    decide: (stored: Stored<SessionRecord>, now: Instant) => Decision<Result>,
  ): Promise<Result> {
    return database.change([sessionKey(userId, sessionId)], ([stored]) => {
      const now = clock.now()
      return stored === null || !isLive(stored.record.session, now) ? { writes: [], result: absent } : decide(stored, now)
    })
  }

  return {
    create(session) {
      const keys = [floorKey(session.userId), sessionKey(session.userId, session.id)] as const
      return database.change(keys, ([floor, known]): Decision<CreateSessionOutcome> => {
        const now = clock.now()
        const record = floorOf(floor, session.userId, now)
        if (known !== null) return { writes: [], result: { outcome: 'created', floor: record.floor } }
        if (record.floor > session.credentialsVersion) return { writes: [], result: { outcome: 'credentials-outdated' } }
        if (record.claimsVersion > session.claims.version) return { writes: [], result: { outcome: 'claims-outdated' } }
        // The floor is written as it is: the session lands only if nobody raised it meanwhile. Any number of sign-ins may do so at once.
        const condition = floor === null ? insert(keys[0], record) : update(floor, record)
        return { writes: [condition, insert(keys[1], { session, attemptId: null })], result: { outcome: 'created', floor: record.floor } }
      })
    },

    async find(userId, sessionId) {
      const [stored] = await database.read(sessionKey(userId, sessionId))
      return stored !== null && isLive(stored.record.session, clock.now()) ? stored.record.session : null
    },

    rotate({ userId, sessionId, counter, graceMs, idleExpiresAt }) {
      // Names this call, so that its own write is not taken for somebody else's after a lost answer.
      const attemptId = randomUUID()
      return ofLive<RotateOutcome>(userId, sessionId, { outcome: 'absent' }, (stored, now) => {
        const { session } = stored.record
        if (stored.record.attemptId === attemptId) return { writes: [], result: { outcome: 'rotated', session } }
        if (session.counter > counter) {
          const isRepeated = session.counter === counter + 1 && now < session.rotatedAt + graceMs
          return { writes: [], result: isRepeated ? { outcome: 'repeated', session } : { outcome: 'reused' } }
        }
        const rotated: Session = { ...session, counter: counter + 1, rotatedAt: now, idleExpiresAt }
        return { writes: [update(stored, { session: rotated, attemptId })], result: { outcome: 'rotated', session: rotated } }
      })
    },

    prolong: ({ userId, sessionId, secretHash, idleExpiresAt }) =>
      ofLive<Session | null>(userId, sessionId, null, (stored) => {
        if (stored.record.session.secretHash !== secretHash) return { writes: [], result: null }
        const session = { ...stored.record.session, idleExpiresAt }
        return { writes: [update(stored, { ...stored.record, session })], result: session }
      }),

    end: ({ userId, sessionId, secretHash }) =>
      database.change([sessionKey(userId, sessionId)], ([stored], lost) => {
        // Gone after an end whose answer was lost: that was it, or somebody else's at the same moment. Either way it has ended, durably.
        if (stored === null) return { writes: [], result: lost?.result ?? false }
        const { session } = stored.record
        const isOurs = isLive(session, clock.now()) && (secretHash === null || session.secretHash === secretHash)
        return { writes: isOurs ? [remove(stored)] : [], result: isOurs }
      }),

    async endAll({ userId, floor, except }) {
      // First, so that nothing below it can be created behind the pages.
      await raise(userId, { floor, claimsVersion: 0 })
      const kept = except === null ? null : nameOf(sessionKey(userId, except))
      let ended = 0
      await inBatches(userId, async (batch) => {
        const doomed = batch.filter(({ key }) => nameOf(key) !== kept)
        if (doomed.length === 0) return
        ended += await database.change<SessionRecord[], number>(
          doomed.map(({ key }) => key),
          (stored, lost) => {
            const there = stored.filter((each) => each !== null)
            if (there.length === 0) return { writes: [], result: lost?.result ?? 0 }
            const now = clock.now()
            return { writes: there.map(remove), result: there.filter(({ record }) => isLive(record.session, now)).length }
          },
          doomed,
        )
      })
      return ended
    },

    async list({ userId, limit, cursor }) {
      pageLimit(limit)
      if (cursor !== null && !isName(cursor)) return { sessions: [], cursor: null }
      const live: Stored<SessionRecord>[] = []
      let after = cursor
      for (;;) {
        const page: readonly Stored<SessionRecord>[] = await database.query({
          kind: SESSION,
          ancestor: floorKey(userId),
          after,
          limit: limit + 1,
        })
        const now = clock.now()
        live.push(...page.filter(({ record }) => isLive(record.session, now)))
        const [last, next] = [page[limit], live[limit]]
        // One more than asked for tells that there is a next page. Dead ones, which the clean-up has not met yet, do not fill pages.
        if (next !== undefined || last === undefined) {
          const shown = live.slice(0, limit)
          const end = shown.at(-1)
          return { sessions: shown.map(({ record }) => record.session), cursor: next !== undefined && end !== undefined ? nameOf(end.key) : null }
        }
        after = nameOf(last.key)
      }
    },

    async rewriteClaims(userId, claims) {
      // First, so that nothing older can be created behind the pages.
      await raise(userId, { floor: 0, claimsVersion: claims.version })
      const isOlder = ({ record }: Stored<SessionRecord>): boolean => record.session.claims.version < claims.version
      await inBatches(userId, async (batch) => {
        const older = batch.filter(isOlder)
        if (older.length === 0) return
        await database.change(
          older.map(({ key }) => key),
          (stored) => ({
            writes: stored
              .filter((each) => each !== null)
              .filter(isOlder)
              .map((each) => update(each, { ...each.record, session: { ...each.record.session, claims } })),
            result: null,
          }),
          older,
        )
      })
    },
  }
}

/** A closed floor whose time is over is as absent, whether the clean-up came by or not. */
function floorOf(stored: Stored<FloorRecord> | null, userId: string, now: Instant): FloorRecord {
  const isForgotten = stored !== null && stored.record.closedUntil !== null && stored.record.closedUntil <= now
  return stored === null || isForgotten ? { userId, floor: 0, claimsVersion: 0, closedUntil: null } : stored.record
}
