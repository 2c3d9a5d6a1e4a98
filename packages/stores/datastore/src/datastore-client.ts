/**
 * The little of Datastore's API (google.datastore.v1) that the store needs: every operation is a `lookup` or a `runQuery`, and at most one `commit`.
 * `DatastoreClient` of `@google-cloud/datastore` fits as it is; so does whatever counts calls or breaks them in tests.
 */
export interface DatastoreClient {
  lookup(request: LookupRequest, options: CallOptions): Promise<[LookupResponse, ...unknown[]]>
  runQuery(request: RunQueryRequest, options: CallOptions): Promise<[RunQueryResponse, ...unknown[]]>
  commit(request: CommitRequest, options: CallOptions): Promise<[CommitResponse, ...unknown[]]>
  close(): Promise<void>
}

/** Both stand in every call: the client's own defaults repeat calls for a minute and more, and know nothing of what is safe to repeat. */
export interface CallOptions {
  readonly timeout: number
  readonly retry: null
}

export interface WireKey {
  partitionId: { projectId: string; databaseId: string; namespaceId: string }
  path: { kind: string; name: string }[]
}

export interface WireEntity {
  key: WireKey
  properties: Record<string, WireValue>
}

export type WireValue =
  | { readonly stringValue: string; readonly excludeFromIndexes: true }
  | { readonly timestampValue: { readonly seconds: number; readonly nanos: number }; readonly excludeFromIndexes: true }

/** `FAIL` makes the whole commit fail, nothing written, unless the entity still has the version it was read at. */
interface Condition {
  baseVersion?: string
  conflictResolutionStrategy?: 'FAIL'
}

export type Mutation = Condition & ({ insert: WireEntity } | { update: WireEntity } | { upsert: WireEntity } | { delete: WireKey })

interface Database {
  projectId: string
  databaseId: string
}

export interface LookupRequest extends Database {
  keys: WireKey[]
  readOptions: { readConsistency: 'STRONG' }
}

export interface RunQueryRequest extends Database {
  partitionId: WireKey['partitionId']
  readOptions?: { readConsistency: 'STRONG' }
  query: {
    kind: { name: string }[]
    filter?: Filter
    order: { property: { name: '__key__' }; direction: 'ASCENDING' }[]
    limit: { value: number }
    startCursor?: Uint8Array | string
  }
}

export type Filter =
  | { propertyFilter: { property: { name: '__key__' }; op: 'HAS_ANCESTOR' | 'GREATER_THAN'; value: { keyValue: WireKey } } }
  | { compositeFilter: { op: 'AND'; filters: Filter[] } }

export interface CommitRequest extends Database {
  mode: 'TRANSACTIONAL'
  singleUseTransaction: { readWrite: Record<string, never> }
  mutations: Mutation[]
}

export interface EntityResult {
  entity?: {
    key?: { path?: { kind?: string | null; name?: string | null }[] | null } | null
    properties?: { [name: string]: { stringValue?: string | null } } | null
  } | null
  /** Opaque; a number as text or as an object that prints as one. */
  version?: unknown
}

export interface LookupResponse {
  found?: EntityResult[] | null
  deferred?: unknown[] | null
}

export interface RunQueryResponse {
  batch?: { entityResults?: EntityResult[] | null; moreResults?: unknown; endCursor?: Uint8Array | string | null } | null
}

export interface CommitResponse {
  /** In the order of the mutations. The version is the entity's from now on. */
  mutationResults?: { conflictDetected?: boolean | null; version?: unknown }[] | null
}
