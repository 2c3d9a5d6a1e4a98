import { StoreUnavailableError } from '@sallyport/core'
import type { DatastoreClient } from '@sallyport/store-datastore'
import { POSTS_PAGE, type Post, type PostStore } from './post-store.ts'

export interface DatastorePostsOptions {
  readonly client: DatastoreClient
  readonly projectId: string
  readonly databaseId: string
  readonly namespace: string
}

const KIND = 'SallyportSamplePost'
const CALL = { timeout: 2000, retry: null }
/** Posts as entities whose names rise from the newest to the oldest, so that the order of keys, which needs no index, is the order of the list. */
export function datastorePosts({ client, projectId, databaseId, namespace }: DatastorePostsOptions): PostStore {
  const database = { projectId, databaseId }
  const partitionId = { ...database, namespaceId: namespace }
  const keyOf = (id: string) => ({ partitionId, path: [{ kind: KIND, name: id }] })
  const commit = (mutation: Parameters<DatastoreClient['commit']>[0]['mutations'][number]) =>
    client.commit({ ...database, mode: 'TRANSACTIONAL', singleUseTransaction: { readWrite: {} }, mutations: [mutation] }, CALL)

  return {
    latest: () =>
      available(async () => {
        const order = [{ property: { name: '__key__' as const }, direction: 'ASCENDING' as const }]
        const [{ batch }] = await client.runQuery(
          { ...database, partitionId, query: { kind: [{ name: KIND }], order, limit: { value: POSTS_PAGE } } },
          CALL,
        )
        return (batch?.entityResults ?? []).map(({ entity }) => JSON.parse(entity?.properties?.['record']?.stringValue ?? '') as Post)
      }),
    add: (post) =>
      available(async () => {
        const record = { stringValue: JSON.stringify(post), excludeFromIndexes: true } as const
        await commit({ upsert: { key: keyOf(post.id), properties: { record } } })
      }),
    remove: (id) =>
      available(async () => {
        const [{ found }] = await client.lookup({ ...database, keys: [keyOf(id)], readOptions: { readConsistency: 'STRONG' } }, CALL)
        if ((found ?? []).length === 0) return false
        await commit({ delete: keyOf(id) })
        return true
      }),
  }
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new StoreUnavailableError('The posts cannot be reached.', { cause })
  }
}
