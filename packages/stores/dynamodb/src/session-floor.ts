import { CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, type Instant, type Session } from '@sallyport/core'
import type { Item, TransactItem } from './dynamo-transport.ts'
import type { Calls } from './patience.ts'
import { n, numberOrNull } from './records.ts'
import type { Table } from './table.ts'

/** What the item beside a user's sessions says: below which credentials version none is created, and which claims are the newest that `rewriteClaims` has seen. */
export interface Floor {
  readonly floor: number
  readonly claimsVersion: number
  /** When a closed floor is forgotten; `null` while the user is there. */
  readonly closedUntil: Instant | null
}

export function floorOf(item: Item | null): Floor {
  if (item === null) return { floor: 0, claimsVersion: 0, closedUntil: null }
  return {
    floor: numberOrNull(item, 'floor') ?? 0,
    claimsVersion: numberOrNull(item, 'claimsVersion') ?? 0,
    closedUntil: numberOrNull(item, 'closedUntil'),
  }
}

/** A closed floor whose time is over is as absent, whether its item is still there or not. */
function isForgotten({ closedUntil }: Floor, now: Instant): boolean {
  return closedUntil !== null && closedUntil <= now
}

/** What of it counts now. */
export function inForce(floor: Floor, now: Instant): Floor {
  return isForgotten(floor, now) ? floorOf(null) : floor
}

/** The check of the floor that goes into one transaction with the new session. */
export interface FloorGate {
  /**
   * Holds while the floor is exactly as `seen` and the session's claims are not outdated: a transaction that commits tells nothing, so only a floor that was named
   * beforehand can be told to the caller.
   */
  unchanged(session: Session, seen: Floor, now: Instant): TransactItem
  /** The floor that a user of that version has unless an `endAll` was cut short: their version, and none before the first change. */
  expected(session: Session): Floor
}

export function floorGate(table: Table): FloorGate {
  const claims = '(attribute_not_exists(#claimsVersion) OR #claimsVersion <= :claims)'
  const none = table.prepare({ ConditionExpression: `(attribute_not_exists(#floor) OR #floor = :none) AND ${claims}` })
  const open = table.prepare({ ConditionExpression: `#floor = :floor AND attribute_not_exists(#closedUntil) AND ${claims}` })
  const closed = table.prepare({ ConditionExpression: '#floor = :floor AND #closedUntil = :closedUntil' })

  return {
    unchanged(session, seen, now) {
      const check = { Key: table.keys.floor(session.userId), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
      const claimsVersion = n(session.claims.version)
      if (isForgotten(seen, now)) {
        return {
          ConditionCheck: { ...closed, ...check, ExpressionAttributeValues: { ':floor': n(seen.floor), ':closedUntil': n(seen.closedUntil ?? 0) } },
        }
      }
      if (seen.floor === 0) return { ConditionCheck: { ...none, ...check, ExpressionAttributeValues: { ':none': n(0), ':claims': claimsVersion } } }
      return { ConditionCheck: { ...open, ...check, ExpressionAttributeValues: { ':floor': n(seen.floor), ':claims': claimsVersion } } }
    },
    expected: ({ credentialsVersion }) => ({ floor: credentialsVersion > 1 ? credentialsVersion : 0, claimsVersion: 0, closedUntil: null }),
  }
}

/** Raises the floor of a user, or the mark of their claims; never lowers either. */
export type RaiseFloor = (
  calls: Calls,
  userId: string,
  raised: { readonly floor: number } | { readonly claimsVersion: number },
  now: Instant,
) => Promise<void>

export function raiseFloor(table: Table): RaiseFloor {
  const counts = '(attribute_not_exists(#closedUntil) OR #closedUntil > :now)'
  const floor = table.prepare({
    UpdateExpression: 'SET #floor = :floor',
    ConditionExpression: `(attribute_not_exists(#floor) OR #floor < :floor) AND ${counts}`,
  })
  const close = table.prepare({
    UpdateExpression: 'SET #floor = :floor, #closedUntil = :closedUntil, #ttl = :ttl',
    ConditionExpression: `(attribute_not_exists(#floor) OR #floor < :floor) AND ${counts}`,
  })
  const mark = table.prepare({
    UpdateExpression: 'SET #claimsVersion = :claims',
    ConditionExpression: `(attribute_not_exists(#claimsVersion) OR #claimsVersion < :claims) AND ${counts}`,
  })
  const forget = table.prepare({ ConditionExpression: '#closedUntil = :closedUntil' })

  return async (calls, userId, raised, now) => {
    const Key = table.keys.floor(userId)
    const closedUntil = now + CLOSED_FLOOR_KEPT_MS
    const closing = { ':floor': n(CLOSED_FLOOR), ':closedUntil': n(closedUntil), ':ttl': table.ttl(closedUntil), ':now': n(now) }
    const update =
      'claimsVersion' in raised
        ? { ...mark, ExpressionAttributeValues: { ':claims': n(raised.claimsVersion), ':now': n(now) } }
        : raised.floor === CLOSED_FLOOR
          ? { ...close, ExpressionAttributeValues: closing }
          : { ...floor, ExpressionAttributeValues: { ':floor': n(raised.floor), ':now': n(now) } }
    for (;;) {
      const attempted = await calls.attempt('UpdateItem', { ...update, Key, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
      const met = attempted.applied ? null : floorOf(attempted.item)
      if (met === null || !isForgotten(met, now)) return
      await calls.attempt('DeleteItem', { ...forget, Key, ExpressionAttributeValues: { ':closedUntil': n(met.closedUntil ?? 0) } })
    }
  }
}
