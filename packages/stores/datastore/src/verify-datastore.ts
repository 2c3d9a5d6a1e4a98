import { randomUUID } from 'node:crypto'
import { ConfigurationError } from '@sallyport/core'
import { openDatabase } from './database.ts'
import type { DatastoreStoresOptions } from './datastore-stores.ts'
import { affirm, insert, remove, update } from './entity.ts'
import type { Key } from './keyspace.ts'

/**
 * Asks the database for what every promise of the store rests on: that a write over an older version fails, and so does one over what is not there. For the set-up of a
 * project, not for each start: nine round trips on an entity of a kind of its own, `SallyportProbe`, which is gone afterwards.
 *
 * @throws ConfigurationError (`configuration`) when the database takes such a write.
 * @throws StoreUnavailableError (`store-unavailable`) when it cannot be asked.
 */
export async function verifyDatastore({
  client,
  projectId,
  databaseId = '',
  namespace = '',
}: Pick<DatastoreStoresOptions, 'client' | 'projectId' | 'databaseId' | 'namespace'>): Promise<void> {
  const database = openDatabase({ client, projectId, databaseId, namespace, deadlineMs: 10_000, callTimeoutMs: 5000 })
  const kind = { name: 'SallyportProbe', expireAt: () => null }
  const key: Key<{ readonly turn: number }> = { kind, path: [{ kind: kind.name, name: randomUUID() }] }

  const first = { turn: 1 }
  await database.change([key], ([stored]) => ({ writes: stored === null ? [insert(key, first)] : [], result: undefined }), { stored: [null] })
  const [read] = await database.read(key)
  if (read === null) throw new ConfigurationError('Datastore does not show what it has just stored.')
  await database.change([key], ([stored]) => ({ writes: stored === null ? [] : [update(stored, { turn: 2 })], result: undefined }), {
    stored: [read],
  })
  // Both are decided by an outdated look first; whoever is asked a second time was refused.
  const isOlderRefused = await database.change(
    [key],
    ([stored]) => ({ writes: stored?.record.turn === 1 ? [update(stored, { turn: 3 })] : [], result: stored?.record.turn === 2 }),
    { stored: [read] },
  )
  await database.change([key], ([stored]) => ({ writes: stored === null ? [] : [remove(stored)], result: undefined }))
  const isAbsentRefused = await database.change(
    [key],
    ([stored]) => ({ writes: stored === null ? [] : [affirm(key, first)], result: stored === null }),
    { stored: [read] },
  )
  if (!isOlderRefused || !isAbsentRefused) {
    throw new ConfigurationError('This Datastore takes a write over what is no longer there: nothing would be safe in it.')
  }
}
