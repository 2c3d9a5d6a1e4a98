import type { EntityResult, Mutation, WireEntity, WireKey } from './datastore-client.ts'
import { storedOf, type Stored } from './entity.ts'
import { REMEMBERED_KINDS, type Key } from './keyspace.ts'

/**
 * What this instance last read or wrote, to begin a conditional write with instead of a look: the version decides whether it is still so. Never an answer:
 * another instance may have written since.
 */
export interface Remembered {
  /** `null` when nothing is known, which is not that nothing is there. */
  recall<T>(key: Key<T>): Stored<T> | null
  /** What a look-up found there. */
  looked(key: Pick<Key<never>, 'path'>, found: EntityResult | null): void
  /** Until the commit answers, what it writes is as good as unknown; and for good when it fails. */
  committing(mutations: readonly Mutation[]): void
  committed(mutations: readonly Mutation[], versions: readonly unknown[]): void
}

/** Of each kind, so that guesses at addresses, which are counted, do not push out sessions. A session is about 1 kB of text, a profile full of attributes at most 10. */
const MOST = 1000

type Path = readonly { readonly kind?: string | null; readonly name?: string | null }[]

export function remembered(): Remembered {
  const kinds = new Map([...REMEMBERED_KINDS].map((kind) => [kind, new Map<string, EntityResult>()]))

  const ofKind = (path: Path): Map<string, EntityResult> | undefined => kinds.get(path.at(-1)?.kind ?? '')
  const nameOf = (path: Path): string => path.map(({ name }) => name).join('/')

  function keep(path: Path, record: { readonly stringValue?: string | null } | undefined, version: unknown): void {
    const ours = ofKind(path)
    if (ours === undefined || typeof record?.stringValue !== 'string') return
    const name = nameOf(path)
    // The order of the map is that of what was read or written last.
    ours.delete(name)
    ours.set(name, { entity: { properties: { record: { stringValue: record.stringValue } } }, version: String(version) })
    const [oldest] = ours.keys()
    if (ours.size > MOST && oldest !== undefined) ours.delete(oldest)
  }

  const forget = (path: Path): void => void ofKind(path)?.delete(nameOf(path))

  return {
    recall<T>(key: Key<T>) {
      const result = ofKind(key.path)?.get(nameOf(key.path))
      // From its text each time, as from the database: nobody shares an object with the memory.
      return result === undefined ? null : storedOf(key, result)
    },

    looked({ path }, found) {
      if (found === null) forget(path)
      else keep(path, found.entity?.properties?.['record'], found.version)
    },

    committing(mutations) {
      for (const mutation of mutations) forget(('delete' in mutation ? mutation.delete : entityOf(mutation).key).path)
    },

    committed(mutations, versions) {
      for (const [index, mutation] of mutations.entries()) {
        const version = versions[index]
        if ('delete' in mutation || version === undefined || version === null) continue
        const { key, properties } = entityOf(mutation)
        const record = properties['record']
        keep(key.path, record !== undefined && 'stringValue' in record ? record : undefined, version)
      }
    },
  }
}

function entityOf(mutation: Exclude<Mutation, { delete: WireKey }>): WireEntity {
  if ('insert' in mutation) return mutation.insert
  return 'update' in mutation ? mutation.update : mutation.upsert
}
