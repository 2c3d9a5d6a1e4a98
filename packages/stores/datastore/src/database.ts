import { InvariantError, StoreUnavailableError } from '@sallyport/core'
import type { DatastoreClient, EntityResult, Filter, RunQueryRequest, WireKey } from './datastore-client.ts'
import { isAt, keyOf, pathOf, storedOf, type Stored, type Write } from './entity.ts'
import type { Key, Kind } from './keyspace.ts'
import { patience, type Patience, type PatienceOptions } from './patience.ts'

export interface Decision<Result> {
  /** They land together or not at all. Empty: the result holds without a write. */
  readonly writes: readonly Write[]
  readonly result: Result
}

/** The result of an earlier try whose commit got no answer: it may have landed. */
export interface Lost<Result> {
  readonly result: Result
}

type Keys<Records extends readonly unknown[]> = { readonly [I in keyof Records]: Key<Records[I]> }
type Found<Records extends readonly unknown[]> = { readonly [I in keyof Records]: Stored<Records[I]> | null }

export interface Page<T> {
  readonly kind: Kind<T>
  /** With an ancestor the page is strongly consistent on every kind of database. */
  readonly ancestor: Pick<Key<never>, 'path'> | null
  /** The name of the last key of the page before; `null` starts. */
  readonly after: string | null
  readonly limit: number
}

export interface Database {
  /** Strongly consistent; `null` where there is none. */
  read<Records extends readonly unknown[]>(...keys: Keys<Records>): Promise<Found<Records>>

  /** At most `limit` entities in the order of their keys; fewer only at the end. */
  query<T>(page: Page<T>): Promise<readonly Stored<T>[]>

  /**
   * The only way to write: reads, lets `decide` look, and commits what it wants if nothing of what it writes has changed since; otherwise all over
   * again with a fresh look.
   *
   * The condition is the entity's own version (`baseVersion` with the strategy `FAIL`), in a single-use transaction. A transaction that is opened by
   * the read would hold its locks from one round trip to the next: a function that is frozen in between, or twenty refreshes of which each waits
   * for the others to give up their read lock, would stop everybody for as long as the database's patience lasts. Hence the rule for `decide`: what
   * a decision relies on, it writes, if only as it is, which changes neither the entity nor its version.
   *
   * `assumed` spares the first look, when the caller knows or guesses the entities: a wrong guess is a conflict and nothing else.
   */
  change<Records extends readonly unknown[], Result>(
    keys: Keys<Records>,
    decide: (stored: Found<Records>, lost: Lost<Result> | null) => Decision<Result>,
    assumed?: NoInfer<Found<Records>>,
  ): Promise<Result>

  close(): Promise<void>
}

export interface DatabaseOptions extends PatienceOptions {
  readonly client: DatastoreClient
  readonly projectId: string
  readonly databaseId: string
  readonly namespace: string
}

const STRONG = { readOptions: { readConsistency: 'STRONG' } } as const

export function openDatabase({ client, projectId, databaseId, namespace, ...limits }: DatabaseOptions): Database {
  const database = { projectId, databaseId }
  const partition = { projectId, databaseId, namespaceId: namespace }
  let closing: Promise<void> | null = null

  function begin(): Patience {
    if (closing !== null) throw new StoreUnavailableError('The Datastore store is closed.')
    return patience(limits)
  }

  /** Tries until it works or patience ends. Only for what may be done any number of times. */
  async function persist<T>(work: (patient: Patience) => Promise<T>): Promise<T> {
    const patient = begin()
    for (;;) {
      try {
        return await work(patient)
      } catch (error) {
        await patient.wait(error, 'read')
      }
    }
  }

  async function lookup<Records extends readonly unknown[]>(patient: Patience, keys: Keys<Records>): Promise<Found<Records>> {
    const results: EntityResult[] = []
    let wanted = keys.map((key) => keyOf(partition, key))
    while (wanted.length > 0) {
      const [answer] = await patient.call((timeout) => client.lookup({ ...database, ...STRONG, keys: wanted }, { timeout, retry: null }))
      results.push(...(answer.found ?? []))
      // A big answer comes in parts.
      wanted = (answer.deferred ?? []) as WireKey[]
    }
    const stored = keys.map((key) => {
      const result = results.find((each) => isAt(each, key))
      return result === undefined ? null : storedOf(key, result)
    })
    return stored as readonly unknown[] as Found<Records>
  }

  async function commit(patient: Patience, writes: readonly Write[]): Promise<void> {
    const mutations = writes.map((write) => write(partition))
    const request = { ...database, mode: 'TRANSACTIONAL', singleUseTransaction: { readWrite: {} }, mutations } as const
    const [answer] = await patient.call((timeout) => client.commit(request, { timeout, retry: null }))
    if (answer.mutationResults?.some(({ conflictDetected }) => conflictDetected === true) === true) {
      throw new InvariantError('Datastore kept a part of a commit that was to fail as a whole.')
    }
  }

  function queryOf<T>({ kind, ancestor, after, limit }: Page<T>): RunQueryRequest {
    const filters: Filter[] = []
    if (ancestor !== null) filters.push(onKey('HAS_ANCESTOR', keyOf(partition, ancestor)))
    if (after !== null) {
      const path = [...(ancestor?.path ?? []), { kind: kind.name, name: after }]
      filters.push(onKey('GREATER_THAN', keyOf(partition, { path })))
    }
    return {
      ...database,
      ...(ancestor === null ? {} : STRONG),
      partitionId: { ...partition },
      query: {
        kind: [{ name: kind.name }],
        ...(filters.length === 0 ? {} : { filter: { compositeFilter: { op: 'AND', filters } } }),
        order: [{ property: { name: '__key__' }, direction: 'ASCENDING' }],
        limit: { value: limit },
      },
    }
  }

  return {
    read: async <Records extends readonly unknown[]>(...keys: Keys<Records>) => persist((patient) => lookup<Records>(patient, keys)),

    query: async <T>(page: Page<T>) =>
      persist(async (patient) => {
        const request = queryOf(page)
        const stored: Stored<T>[] = []
        for (;;) {
          const [{ batch }] = await patient.call((timeout) => client.runQuery(request, { timeout, retry: null }))
          for (const result of batch?.entityResults ?? []) stored.push(storedOf({ kind: page.kind, path: pathOf(result) }, result))
          // The database may stop early and say where.
          if (batch?.moreResults !== 'NOT_FINISHED' || stored.length >= page.limit) return stored
          request.query.limit.value = page.limit - stored.length
          if (batch.endCursor) request.query.startCursor = batch.endCursor
        }
      }),

    async change<Records extends readonly unknown[], Result>(
      keys: Keys<Records>,
      decide: (stored: Found<Records>, lost: Lost<Result> | null) => Decision<Result>,
      assumed?: NoInfer<Found<Records>>,
    ): Promise<Result> {
      const patient = begin()
      const look = async (): Promise<Found<Records>> => {
        for (;;) {
          try {
            return await lookup<Records>(patient, keys)
          } catch (error) {
            await patient.wait(error, 'read')
          }
        }
      }
      let stored = assumed ?? (await look())
      let lost: Lost<Result> | null = null
      for (;;) {
        const { writes, result } = decide(stored, lost)
        if (writes.length === 0) return result
        try {
          await commit(patient, writes)
          return result
        } catch (error) {
          if ((await patient.wait(error, 'commit')) === 'unknown') lost = { result }
        }
        stored = await look()
      }
    },

    close() {
      closing ??= client.close()
      return closing
    },
  }
}

function onKey(op: 'HAS_ANCESTOR' | 'GREATER_THAN', keyValue: WireKey): Filter {
  return { propertyFilter: { property: { name: '__key__' }, op, value: { keyValue } } }
}
