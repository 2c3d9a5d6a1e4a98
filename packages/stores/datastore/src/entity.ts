import type { EntityResult, Mutation, WireEntity, WireKey, WireValue } from './datastore-client.ts'
import { corruptEntity } from './errors.ts'
import type { Key } from './keyspace.ts'

/** An entity as it was read, and the version that a write over it must still find. */
export interface Stored<T> {
  readonly key: Key<T>
  readonly record: T
  readonly version: string
}

export type Partition = WireKey['partitionId']

/** What is to become of one entity, wherever it lives. */
export type Write = (partition: Partition) => Mutation

/** Conflicts with an entity that is there. */
export function insert<T>(key: Key<T>, record: T): Write {
  return (partition) => ({ insert: entityOf(partition, key, record) })
}

/** Conflicts when the entity has changed or gone since it was read. With the record as it is: only that condition. */
export function update<T>({ key, version }: Stored<T>, record: T): Write {
  return (partition) => ({ update: entityOf(partition, key, record), baseVersion: version, conflictResolutionStrategy: 'FAIL' })
}

/** Conflicts when the entity has changed or gone since it was read. */
export function remove<T>({ key, version }: Stored<T>): Write {
  return (partition) => ({ delete: keyOf(partition, key), baseVersion: version, conflictResolutionStrategy: 'FAIL' })
}

/** Conflicts when the entity is gone, whatever it was. With the record as it is: only that condition, which needs no look. */
export function affirm<T>(key: Key<T>, record: T): Write {
  return (partition) => ({ update: entityOf(partition, key, record) })
}

/** Never conflicts: for what is written only together with an entity that has a condition. */
export function put<T>(key: Key<T>, record: T): Write {
  return (partition) => ({ upsert: entityOf(partition, key, record) })
}

/** Never conflicts. */
export function erase(key: Pick<Key<never>, 'path'>): Write {
  return (partition) => ({ delete: keyOf(partition, key) })
}

export function keyOf(partition: Partition, { path }: Pick<Key<never>, 'path'>): WireKey {
  return { partitionId: { ...partition }, path: path.map((element) => ({ ...element })) }
}

export function storedOf<T>(key: Key<T>, { entity, version }: EntityResult): Stored<T> {
  const text = entity?.properties?.['record']?.stringValue
  let record: unknown
  try {
    record = JSON.parse(text ?? '')
  } catch {
    // The parser's own error quotes the text.
    throw corruptEntity(key.kind.name)
  }
  if (typeof record !== 'object' || record === null) throw corruptEntity(key.kind.name)
  return { key, record: record as T, version: String(version) }
}

export function pathOf({ entity }: EntityResult): Key<never>['path'] {
  return (entity?.key?.path ?? []).map(({ kind, name }) => ({ kind: kind ?? '', name: name ?? '' }))
}

export function isAt({ entity }: EntityResult, { path }: Pick<Key<never>, 'path'>): boolean {
  const found = entity?.key?.path ?? []
  return found.length === path.length && path.every(({ kind, name }, index) => found[index]?.name === name && found[index].kind === kind)
}

function entityOf<T>(partition: Partition, key: Key<T>, record: T): WireEntity {
  const properties: Record<string, WireValue> = { record: { stringValue: JSON.stringify(record), excludeFromIndexes: true } }
  const expireAt = key.kind.expireAt(record)
  if (expireAt !== null) {
    const seconds = Math.floor(expireAt / 1000)
    properties['expireAt'] = { timestampValue: { seconds, nanos: (expireAt - seconds * 1000) * 1_000_000 }, excludeFromIndexes: true }
  }
  return { key: keyOf(partition, key), properties }
}
