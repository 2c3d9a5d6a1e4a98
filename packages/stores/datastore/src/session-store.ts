import { randomUUID } from 'node:crypto'
import { isLive, type Clock, type CreateSessionOutcome, type Instant, type RotateOutcome, type Session, type SessionStore } from '@sallyport/core'
import type { Database, Decision, Guess, Lost } from './database.ts'
import { insert, remove, update, type Stored } from './entity.ts'
import { floorKey, isName, nameOf, SESSION, sessionKey, type Key, type SessionRecord } from './keyspace.ts'
import type { Newcomers } from './newcomers.ts'
import { pageLimit } from './page-limit.ts'
import { admission, floorOf, permittedFloor, raising } from './session-floor.ts'

/** How many sessions are ended or rewritten by one commit, which takes 500 writes and 10 MiB. */
const BATCH = 100

export interface SessionStoreDependencies {
  readonly database: Database
  readonly clock: Clock
  readonly newcomers: Newcomers
}

export function datastoreSessionStore({ database, clock, newcomers }: SessionStoreDependencies): SessionStore {
  const raise = (userId: string, raised: { readonly floor: number; readonly claimsVersion: number }): Promise<void> =>
    database.change([floorKey(userId)], ([stored]) => ({ writes: raising(stored, { userId, ...raised, now: clock.now() }), result: undefined }))

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

  /** What this instance knows of a session, to begin with. Whatever knows less than the caller is no guess. */
  function guessOf(key: Key<SessionRecord>, isWorthIt: (session: Session) => boolean = () => true): Guess<[Stored<SessionRecord>]> | undefined {
    const stored = database.recall(key)
    return stored !== null && isWorthIt(stored.record.session) ? { stored: [stored] } : undefined
  }

  /** One conditional write of a live session; `decide` is asked again when it rests on what has changed. */
  function ofLive<Result>(
    key: Key<SessionRecord>,
    guess: Guess<[Stored<SessionRecord>]> | undefined,
    absent: Result,
    decide: (stored: Stored<SessionRecord>, now: Instant) => Decision<Result>,
  ): Promise<Result> {
    const live = ([stored]: readonly [Stored<SessionRecord> | null]): Decision<Result> => {
      const now = clock.now()
      return stored === null || !isLive(stored.record.session, now) ? { writes: [], result: absent } : decide(stored, now)
    }
    return database.change([key], live, guess)
  }

  return {
    create(session) {
      const { userId, credentialsVersion, claims } = session
      const keys = [floorKey(userId), sessionKey(userId, session.id)] as const
      const floorGuess = newcomers.take(userId) ? null : permittedFloor(session)
      return database.change(
        keys,
        ([stored, known]): Decision<CreateSessionOutcome> => {
          const now = clock.now()
          const { floor, claimsVersion } = floorOf(stored, userId, now)
          if (known !== null) return { writes: [], result: { outcome: 'created', floor } }
          if (floor > credentialsVersion) return { writes: [], result: { outcome: 'credentials-outdated' } }
          if (claimsVersion > claims.version) return { writes: [], result: { outcome: 'claims-outdated' } }
          return {
            writes: [...admission(session, stored, now), insert(keys[1], { session, attemptId: null })],
            result: { outcome: 'created', floor },
          }
        },
        { stored: [floorGuess, null] },
      )
    },

    async find(userId, sessionId) {
      const [stored] = await database.read(sessionKey(userId, sessionId))
      return stored !== null && isLive(stored.record.session, clock.now()) ? stored.record.session : null
    },

    rotate({ userId, sessionId, counter, graceMs, idleExpiresAt }) {
      // Names this call, so that its own write is not taken for somebody else's after a lost answer.
      const attemptId = randomUUID()
      const key = sessionKey(userId, sessionId)
      const guess = guessOf(key, (session) => session.counter === counter)
      return ofLive<RotateOutcome>(key, guess, { outcome: 'absent' }, (stored, now) => {
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

    prolong({ userId, sessionId, secretHash, idleExpiresAt }) {
      const key = sessionKey(userId, sessionId)
      return ofLive<Session | null>(key, guessOf(key), null, (stored) => {
        if (stored.record.session.secretHash !== secretHash) return { writes: [], result: null }
        const session = { ...stored.record.session, idleExpiresAt }
        return { writes: [update(stored, { ...stored.record, session })], result: session }
      })
    },

    end({ userId, sessionId, secretHash }) {
      const key = sessionKey(userId, sessionId)
      const decide = ([stored]: readonly [Stored<SessionRecord> | null], lost: Lost<boolean> | null): Decision<boolean> => {
        // Gone after an end whose answer was lost: that was it, or somebody else's at the same moment. Either way it has ended, durably.
        if (stored === null) return { writes: [], result: lost?.result ?? false }
        const { session } = stored.record
        const isOurs = isLive(session, clock.now()) && (secretHash === null || session.secretHash === secretHash)
        return { writes: isOurs ? [remove(stored)] : [], result: isOurs }
      }
      return database.change([key], decide, guessOf(key))
    },

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
          { stored: doomed },
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
          { stored: older },
        )
      })
    },
  }
}
