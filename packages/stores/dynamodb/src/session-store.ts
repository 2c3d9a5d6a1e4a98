import {
  isLive,
  StoreUnavailableError,
  type Clock,
  type CreateSessionOutcome,
  type Instant,
  type Random,
  type RotateOutcome,
  type Session,
  type SessionStore,
} from '@sallyport/core'
import { atMost } from './at-most.ts'
import type { CancellationReason } from './dynamo-error.ts'
import type { Item } from './dynamo-transport.ts'
import { findSession, liveSession } from './find-session.ts'
import { pageLimit } from './page-limit.ts'
import type { Patience } from './patience.ts'
import { claimsValue, n, number, s, sessionAttributes, sessionOf, text, textOrNull } from './records.ts'
import { floorGate, floorOf, inForce, raiseFloor, type Floor } from './session-floor.ts'
import type { Table } from './table.ts'

/** An attribute that is not there compares with nothing, so this says too that there is a session. */
const LIVE = '#idleExpiresAt > :now AND #expiresAt > :now'
/** Of one user, those after a sort key; the floor sorts before them all. */
const SESSIONS = '#pk = :pk AND #sk > :after'
const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
const ALL_NEW = { ReturnValues: 'ALL_NEW' } as const
const REWRITES_AT_ONCE = 16
/** A query reads at least so many sessions at a time, so that a list full of dead ones does not take a request for each. */
const SMALLEST_READ = 50

export function dynamodbSessionStore({
  patience,
  table,
  clock,
  random,
}: {
  readonly patience: Patience
  readonly table: Table
  readonly clock: Clock
  readonly random: Random
}): SessionStore {
  const { keys, options } = table
  const insert = table.prepare({ ConditionExpression: 'attribute_not_exists(#pk)' })
  const rotate = table.prepare({
    UpdateExpression: 'SET #counter = :next, #rotatedAt = :now, #rotatedBy = :attempt, #idleExpiresAt = :idle, #ttl = :ttl',
    ConditionExpression: `#counter <= :counter AND ${LIVE}`,
  })
  const prolong = table.prepare({
    UpdateExpression: 'SET #idleExpiresAt = :idle, #ttl = :ttl',
    ConditionExpression: `#secretHash = :hash AND ${LIVE}`,
  })
  const end = table.prepare({ ConditionExpression: LIVE })
  const endOwn = table.prepare({ ConditionExpression: `#secretHash = :hash AND ${LIVE}` })
  const all = table.prepare({ KeyConditionExpression: SESSIONS, ProjectionExpression: '#sessionId, #idleExpiresAt, #expiresAt' })
  const living = table.prepare({ KeyConditionExpression: SESSIONS, FilterExpression: LIVE })
  const outdated = table.prepare({
    KeyConditionExpression: SESSIONS,
    FilterExpression: '#claimsVersion < :version',
    ProjectionExpression: '#sessionId',
  })
  const rewrite = table.prepare({
    UpdateExpression: 'SET #claims = :claims, #claimsVersion = :version',
    ConditionExpression: '#claimsVersion < :version',
  })
  const gate = floorGate(table)
  const raise = raiseFloor(table)

  const after = (userId: string, sessionId: string): Item => ({ ':pk': keys.sessionsOf(userId), ':after': keys.sessionSortKey(sessionId) })

  return {
    create: (session) =>
      patience.operation(async (calls) => {
        const now = clock.now()
        const ttl = table.ttl(Math.min(session.idleExpiresAt, session.expiresAt))
        const Item = { ...keys.session(session.userId, session.id), ...sessionAttributes(session), [options.ttlAttribute]: ttl }
        for (let seen = gate.expected(session); ;) {
          const floor = inForce(seen, now).floor
          const verdict = await calls.transact([gate.unchanged(session, seen, now), { Put: { ...insert, ...ALL_OLD, Item } }], (reasons) =>
            refusal(session, reasons, floor, now),
          )
          if (verdict === 'committed') return { outcome: 'created', floor }
          if ('outcome' in verdict) return verdict
          seen = verdict
        }
      }),

    find: findSession({ patience, table, clock }),

    rotate: ({ userId, sessionId, counter, graceMs, idleExpiresAt }) =>
      patience.operation(async (calls): Promise<RotateOutcome> => {
        const now = clock.now()
        const attempt = Buffer.from(random.bytes(12)).toString('base64url')
        const values = { ':counter': n(counter), ':next': n(counter + 1), ':now': n(now), ':attempt': s(attempt) }
        // The condition is the race: of those that present one counter, only the first still finds it.
        const rotated = await calls.attempt('UpdateItem', {
          ...rotate,
          ...ALL_NEW,
          ...ALL_OLD,
          Key: keys.session(userId, sessionId),
          ExpressionAttributeValues: { ...values, ':idle': n(idleExpiresAt), ':ttl': table.ttl(idleExpiresAt) },
        })
        if (rotated.applied) return { outcome: 'rotated', session: sessionOf(rotated.output.Attributes ?? {}) }
        const session = liveSession(rotated.item, now)
        if (rotated.item === null || session === null) return { outcome: 'absent' }
        if (session.counter !== counter + 1) return { outcome: 'reused' }
        if (textOrNull(rotated.item, 'rotatedBy') === attempt) return { outcome: 'rotated', session }
        return now < session.rotatedAt + graceMs ? { outcome: 'repeated', session } : { outcome: 'reused' }
      }),

    prolong: ({ userId, sessionId, secretHash, idleExpiresAt }) =>
      patience.operation(async (calls) => {
        const values = { ':hash': s(secretHash), ':idle': n(idleExpiresAt), ':ttl': table.ttl(idleExpiresAt), ':now': n(clock.now()) }
        const update = { ...prolong, ...ALL_NEW, Key: keys.session(userId, sessionId), ExpressionAttributeValues: values }
        const prolonged = await calls.attempt('UpdateItem', update)
        return prolonged.applied ? sessionOf(prolonged.output.Attributes ?? {}) : null
      }),

    end: ({ userId, sessionId, secretHash }) =>
      patience.operation(async (calls) => {
        const now = { ':now': n(clock.now()) }
        const condition =
          secretHash === null
            ? { ...end, ExpressionAttributeValues: now }
            : { ...endOwn, ExpressionAttributeValues: { ...now, ':hash': s(secretHash) } }
        const ended = await calls.attempt('DeleteItem', { ...condition, ...ALL_OLD, Key: keys.session(userId, sessionId) })
        // A deletion leaves nothing to recognise it by: gone after a try that was not answered is by this call or by another, and asking again tells that it is over.
        if (!ended.applied && ended.uncertain && ended.item === null) throw new StoreUnavailableError('DynamoDB did not say who ended the session.')
        return ended.applied
      }),

    endAll: ({ userId, floor, except }) =>
      patience.operation(async (calls) => {
        const now = clock.now()
        // First, so that no session that is not seen below can still be created under it.
        if (floor > 0) await raise(calls, userId, { floor }, now)
        let ended = 0
        for await (const page of calls.pages({ ...all, ExpressionAttributeValues: after(userId, ''), ConsistentRead: true })) {
          const ending = page.filter((item) => text(item, 'sessionId') !== except)
          await calls.deleteAll(
            options.tableName,
            ending.map((item) => keys.session(userId, text(item, 'sessionId'))),
          )
          ended += ending.filter((item) => isLive({ idleExpiresAt: number(item, 'idleExpiresAt'), expiresAt: number(item, 'expiresAt') }, now)).length
        }
        return ended
      }),

    list: ({ userId, limit, cursor }) =>
      patience.operation(async (calls) => {
        const wanted = pageLimit(limit) + 1
        const values = { ...after(userId, cursor ?? ''), ':now': n(clock.now()) }
        const sessions: Session[] = []
        const query = { ...living, ExpressionAttributeValues: values, ConsistentRead: true, Limit: Math.max(wanted, SMALLEST_READ) }
        for await (const page of calls.pages(query)) {
          sessions.push(...page.map(sessionOf))
          if (sessions.length >= wanted) break
        }
        return sessions.length <= limit ? { sessions, cursor: null } : { sessions: sessions.slice(0, limit), cursor: sessions[limit - 1]?.id ?? null }
      }),

    rewriteClaims: (userId, claims) =>
      patience.operation(async (calls) => {
        // First, so that no session that is not seen below can still be created with older claims.
        await raise(calls, userId, { claimsVersion: claims.version }, clock.now())
        const version = n(claims.version)
        const values = { ':claims': claimsValue(claims), ':version': version }
        const query = { ...outdated, ExpressionAttributeValues: { ...after(userId, ''), ':version': version }, ConsistentRead: true }
        for await (const page of calls.pages(query)) {
          await atMost(REWRITES_AT_ONCE, page, async (item) => {
            // One that ended meanwhile, or has newer claims, fails the condition; either is as it should be.
            await calls.attempt('UpdateItem', { ...rewrite, Key: keys.session(userId, text(item, 'sessionId')), ExpressionAttributeValues: values })
          })
        }
      }),
  }
}

/** Why a session was not stored: it is there already, or the floor was not the expected one; then the floor as it was met, if it lets the session pass. */
function refusal(
  session: Session,
  [atFloor, atSession]: readonly CancellationReason[],
  expected: number,
  now: Instant,
): CreateSessionOutcome | Floor | undefined {
  // Whether the session is there is not known yet, and it may be the own write of a call whose answer was lost.
  if (atFloor === undefined || atSession === undefined) return undefined
  const met = atFloor.code === 'None' ? null : floorOf(atFloor.item)
  const floor = met === null ? { floor: expected, claimsVersion: 0 } : inForce(met, now)
  if (atSession.code !== 'None') return { outcome: 'created', floor: floor.floor }
  if (floor.floor > session.credentialsVersion) return { outcome: 'credentials-outdated' }
  if (floor.claimsVersion > session.claims.version) return { outcome: 'claims-outdated' }
  return met ?? undefined
}
