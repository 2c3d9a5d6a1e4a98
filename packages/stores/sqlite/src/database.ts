import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { ConfigurationError, SallyportError } from '@sallyport/core'
import { isBusy, storeError } from './errors.ts'
import { pauseSync, preparePath } from './database-file.ts'
import { migrate } from './schema.ts'
import { waitingLine, type WaitingLine } from './waiting-line.ts'

/** One row as an array, in the order of the selected columns: objects cost node:sqlite half as much again. */
export type Row = readonly SQLOutputValue[]

/** A prepared statement that selects or returns rows of shape `R`. Its methods throw what node:sqlite throws; {@link Database} translates. */
export interface Statement<R extends Row> {
  /** The first row, `undefined` when there is none. */
  first(...values: SQLInputValue[]): R | undefined
  all(...values: SQLInputValue[]): readonly R[]
  /** Runs it and tells how many rows it changed. */
  run(...values: SQLInputValue[]): number
}

/**
 * One connection. The work passed in is synchronous and may run several times, so it reads the clock itself and keeps nothing between runs.
 * Every promise rejects with `StoreUnavailableError` when SQLite fails, is busy for longer than the deadline or is closed, and with
 * `InvariantError` when a statement breaks a constraint. Nothing ever throws synchronously.
 */
export interface Database {
  prepare<R extends Row = never>(sql: string): Statement<R>
  /** Work of a single reading statement. Readers need no lock (WAL), so they never stand behind writers that wait for one. */
  read<T>(work: () => T): Promise<T>
  /** Work of a single writing statement, which is a transaction of its own. */
  write<T>(work: () => T): Promise<T>
  /** Work of several statements inside `BEGIN IMMEDIATE` … `COMMIT`: the write lock is taken before the first read, so nothing changes between reading and writing. */
  transaction<T>(work: () => T): Promise<T>
  /** Twice: the same. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly path: string
  readonly busyTimeoutMs: number
  readonly synchronous: 'full' | 'normal'
}

/** Only opening waits for a lock inside SQLite, which blocks the thread: nothing is served yet, and eight processes may be creating the same file. */
const OPENING_WAIT_MS = 5000

/** After a burst of writes the WAL file is cut back to this size. */
const WAL_KEPT_BYTES = 16 * 1024 * 1024

export function openDatabase(options: DatabaseOptions): Database {
  const connection = connect(options)
  const line = waitingLine({ limitMs: options.busyTimeoutMs })
  const prepare = <R extends Row = never>(sql: string): Statement<R> => statement<R>(connection, sql)
  const begin = prepare('BEGIN IMMEDIATE')
  const commit = prepare('COMMIT')
  const rollback = prepare('ROLLBACK')

  function runTransaction<T>(work: () => T): T {
    begin.run()
    try {
      const result = work()
      commit.run()
      return result
    } catch (error) {
      // A failed COMMIT may have rolled back by itself; a failing ROLLBACK says nothing that the first error does not.
      if (connection.isTransaction) attempt(() => rollback.run())
      throw error
    }
  }

  return {
    prepare,
    read: (work) => runOrWait(line, work),
    write: (work) => inTurn(line, work),
    transaction: (work) => inTurn(line, () => runTransaction(work)),
    close() {
      line.close()
      try {
        if (connection.isOpen) connection.close()
        return Promise.resolve()
      } catch (error) {
        return Promise.reject(storeError(error))
      }
    },
  }
}

/** Behind those that wait already, when there are any, so that nobody is overtaken for ever. */
function inTurn<T>(line: WaitingLine, work: () => T): Promise<T> {
  return line.isEmpty() ? runOrWait(line, work) : line.join(work)
}

function runOrWait<T>(line: WaitingLine, work: () => T): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    return isBusy(error) ? line.join(work) : Promise.reject(storeError(error))
  }
}

function connect({ path, synchronous }: DatabaseOptions): DatabaseSync {
  const location = preparePath(path)
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(location, { timeout: OPENING_WAIT_MS, enableForeignKeyConstraints: true })
    configure(connection, location === ':memory:', synchronous)
    migrate(connection)
    // From here on the waiting line waits, between two turns of the event loop, and SQLite never does.
    connection.exec('PRAGMA busy_timeout = 0')
    return connection
  } catch (error) {
    if (connection?.isOpen === true) connection.close()
    throw openingError(error)
  }
}

function configure(connection: DatabaseSync, inMemory: boolean, synchronous: 'full' | 'normal'): void {
  const mode = enterWal(connection)
  if (mode !== (inMemory ? 'memory' : 'wal')) {
    throw new ConfigurationError('The SQLite file is on a file system without shared memory: write-ahead logging cannot be switched on.')
  }
  connection.exec(`
    PRAGMA synchronous = ${synchronous === 'full' ? 'FULL' : 'NORMAL'};
    PRAGMA journal_size_limit = ${WAL_KEPT_BYTES};
    PRAGMA secure_delete = ON; -- what was deleted (a hash, a sealed key) is overwritten in the file
    PRAGMA trusted_schema = OFF;
  `)
}

/** Switching a new file to WAL needs it for oneself, and SQLite does not ask the busy handler there: so we wait ourselves. */
function enterWal(connection: DatabaseSync): unknown {
  const deadline = performance.now() + OPENING_WAIT_MS
  for (;;) {
    try {
      return connection.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
      pauseSync(10)
    }
  }
}

function statement<R extends Row>(connection: DatabaseSync, sql: string): Statement<R> {
  const prepared = connection.prepare(sql)
  prepared.setReturnArrays(true)
  const all = (...values: SQLInputValue[]): readonly R[] => prepared.all(...values) as unknown as readonly R[]
  const get = (...values: SQLInputValue[]): R | undefined => prepared.get(...values) as unknown as R | undefined
  return {
    // node:sqlite's `get` steps once and ignores what the reset behind it says. For a statement that writes and RETURNs outside a transaction, the COMMIT
    // happens in that reset: a full disk would look like success. `all` steps to the end, where the failed COMMIT is an error.
    first: /\bRETURNING\b/.test(sql) ? (...values) => all(...values)[0] : get,
    all,
    run: (...values) => Number(prepared.run(...values).changes),
  }
}

function attempt(action: () => unknown): void {
  try {
    action()
  } catch {
    // The caller throws the error that came before this one.
  }
}

/** At start nothing can be tried again by a client: what is not a passing lock is for the operator to put right. */
function openingError(error: unknown): Error {
  if (isBusy(error) || SallyportError.is(error)) return storeError(error)
  return new ConfigurationError('The SQLite file cannot be opened: it is no database, or this process may not read and write it and its directory.', {
    cause: error,
  })
}
