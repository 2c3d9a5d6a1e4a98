import type { DatastoreClient } from '../src/datastore-client.ts'

/** Every entity of a namespace, past the store: the oracle for what is there, and the stand-in for the TTL policies. */
export interface RawEntities {
  all(): Promise<readonly RawEntity[]>
  removeExpired(now: number): Promise<void>
}

export interface RawEntity {
  readonly kind: string
  readonly text: string
  readonly expireAt: number | null
  /** Names of the properties that are indexed. */
  readonly indexed: readonly string[]
}

interface RawProperty {
  readonly excludeFromIndexes?: boolean
  readonly timestampValue?: { readonly seconds: string; readonly nanos: number }
}

export function rawEntities({
  client,
  projectId,
  namespace,
}: {
  readonly client: DatastoreClient
  readonly projectId: string
  readonly namespace: string
}): RawEntities {
  const options = { timeout: 5000, retry: null }
  const database = { projectId, databaseId: '' }

  async function found(): Promise<readonly (RawEntity & { readonly key: never })[]> {
    const query = { kind: [], order: [{ property: { name: '__key__' as const }, direction: 'ASCENDING' as const }], limit: { value: 1000 } }
    const [{ batch }] = await client.runQuery({ ...database, partitionId: { ...database, namespaceId: namespace }, query }, options)
    return (batch?.entityResults ?? []).map(({ entity }) => {
      const properties = (entity?.properties ?? {}) as Record<string, RawProperty & { stringValue?: string }>
      const expiry = properties['expireAt']?.timestampValue
      const path = entity?.key?.path ?? []
      return {
        key: entity?.key as never,
        kind: path.at(-1)?.kind ?? '',
        text: `${path.map(({ kind, name }) => `${kind}:${name}`).join('/')} ${properties['record']?.stringValue ?? ''}`,
        expireAt: expiry === undefined ? null : Number(expiry.seconds) * 1000 + expiry.nanos / 1_000_000,
        indexed: Object.entries(properties)
          .filter(([, { excludeFromIndexes }]) => excludeFromIndexes !== true)
          .map(([name]) => name),
      }
    })
  }

  return {
    all: found,
    async removeExpired(now) {
      const expired = (await found()).filter(({ expireAt }) => expireAt !== null && expireAt <= now)
      if (expired.length === 0) return
      const mutations = expired.map(({ key }) => ({ delete: key }))
      await client.commit({ ...database, mode: 'TRANSACTIONAL', singleUseTransaction: { readWrite: {} }, mutations }, options)
    },
  }
}
