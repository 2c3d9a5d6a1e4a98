import { InvariantError, StoreUnavailableError } from '@sallyport/core'
import type { DatastoreClient, EntityResult, Filter, RunQueryRequest, WireKey } from './datastore-client.ts'
import { isAt, keyOf, pathOf, storedOf, type Stored, type Write } from './entity.ts'
import type { Key, Kind } from './keyspace.ts'
import { patience, type Patience, type PatienceOptions } from './patience.ts'
import { remembered } from './remembered.ts'

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

/** What the caller supposes to be there, instead of a look. */
export interface Guess<Entities> {
  readonly stored: Entities
  /** Often wrong: looks at the same time as it commits, so that being wrong takes no longer than looking first, at the price of the look. */
  readonly isDoubtful?: boolean
}

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
   * A `guess` spares the first look: a wrong one is a conflict and nothing else. Only a decision that writes may rest on it, since the commit proves it; one that
   * writes nothing is made again after a look.
   */
  change<Records extends readonly unknown[], Result>(
    keys: Keys<Records>,
    decide: (stored: Found<Records>, lost: Lost<Result> | null) => Decision<Result>,
    guess?: NoInfer<Guess<Found<Records>>>,
  ): Promise<Result>

  /** What this instance last saw of an entity that is worth it, or `null`. For a guess, never for an answer: it may be long gone. */
  recall<T>(key: Key<T>): Stored<T> | null

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
  const memory = remembered()
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

  async function lookup<Records extends readonly unknown[]>(patient: Patience, keys: Keys<Records>, isRemembered: boolean): Promise<Found<Records>> {
    const results: EntityResult[] = []
    let wanted = keys.map((key) => keyOf(partition, key))
    while (wanted.length > 0) {
      const [answer] = await patient.call((timeout) => client.lookup({ ...database, ...STRONG, keys: wanted }, { timeout, retry: null }))
      results.push(...(answer.found ?? []))
      // A big answer comes in parts.
      wanted = (answer.deferred ?? []) as WireKey[]
    }
    const found = keys.map((key) => ({ key, result: results.find((each) => isAt(each, key)) ?? null }))
    const stored = found.map(({ key, result }) => (result === null ? null : storedOf(key, result)))
    if (isRemembered) for (const { key, result } of found) memory.looked(key, result)
    return stored as readonly unknown[] as Found<Records>
  }

  async function commit(patient: Patience, writes: readonly Write[]): Promise<void> {
    const mutations = writes.map((write) => write(partition))
    const request = { ...database, mode: 'TRANSACTIONAL', singleUseTransaction: { readWrite: {} }, mutations } as const
    memory.committing(mutations)
    const [answer] = await patient.call((timeout) => client.commit(request, { timeout, retry: null }))
    if (answer.mutationResults?.some(({ conflictDetected }) => conflictDetected === true) === true) {
      throw new InvariantError('Datastore kept a part of a commit that was to fail as a whole.')
    }
    memory.committed(mutations, answer.mutationResults?.map(({ version }) => version) ?? [])
  }

  /** A look beside a commit, which may be older than what the commit leaves. `null` when it failed, or found nothing but what was supposed. */
  async function news<Records extends readonly unknown[]>(
    patient: Patience,
    keys: Keys<Records>,
    supposed: Found<Records>,
  ): Promise<Found<Records> | null> {
    const found = await lookup<Records>(patient, keys, false).catch(() => null)
    return found?.some((stored, index) => stored?.version !== supposed[index]?.version) === true ? found : null
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
    read: async <Records extends readonly unknown[]>(...keys: Keys<Records>) => persist((patient) => lookup<Records>(patient, keys, true)),

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
      guess?: NoInfer<Guess<Found<Records>>>,
    ): Promise<Result> {
      const patient = begin()
      const look = async (): Promise<Found<Records>> => {
        for (;;) {
          try {
            return await lookup<Records>(patient, keys, true)
          } catch (error) {
            await patient.wait(error, 'read')
          }
        }
      }
      let stored = guess?.stored ?? (await look())
      let isSeen = guess === undefined
      let lost: Lost<Result> | null = null
      for (;;) {
        const { writes, result } = decide(stored, lost)
        if (writes.length === 0) {
          if (isSeen) return result
          stored = await look()
        } else {
          const landing = commit(patient, writes)
          const beside = !isSeen && guess?.isDoubtful === true ? news<Records>(patient, keys, stored) : null
          try {
            await landing
            return result
          } catch (error) {
            const failure = await patient.wait(error, isSeen ? 'commit' : 'guess')
            if (failure === 'unknown') lost = { result }
            stored = (failure === 'conflict' ? await beside : null) ?? (await look())
          }
        }
        isSeen = true
      }
    },

    recall: (key) => memory.recall(key),

    close() {
      closing ??= client.close()
      return closing
    },
  }
}

function onKey(op: 'HAS_ANCESTOR' | 'GREATER_THAN', keyValue: WireKey): Filter {
  return { propertyFilter: { property: { name: '__key__' }, op, value: { keyValue } } }
}
