import { isLive, type Clock, type Instant, type Session, type SessionStore } from '@sallyport/core'
import type { Item } from './dynamo-transport.ts'
import type { Patience } from './patience.ts'
import { sessionOf } from './records.ts'
import type { Table } from './table.ts'

/** One consistent read of one item: all that a check of credentials asks of a store, apart from everything that writes. */
export function findSession({
  patience,
  table: { keys, options },
  clock,
}: {
  readonly patience: Pick<Patience, 'read'>
  readonly table: Table
  readonly clock: Clock
}): SessionStore['find'] {
  return (userId, sessionId) => patience.read(options.tableName, keys.session(userId, sessionId), (item) => liveSession(item, clock.now()))
}

export function liveSession(item: Item | null, now: Instant): Session | null {
  if (item === null) return null
  const session = sessionOf(item)
  return isLive(session, now) ? session : null
}
