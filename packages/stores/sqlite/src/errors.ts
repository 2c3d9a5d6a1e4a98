import { InvariantError, SallyportError, StoreUnavailableError } from '@sallyport/core'

/** Primary result codes (https://sqlite.org/rescode.html) an operator may want to read by name. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [7, 'SQLITE_NOMEM'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [26, 'SQLITE_NOTADB'],
])

const BUSY = 5
const LOCKED = 6
const CONSTRAINT = 19

/** What this package did wrong, not the disk: a value or a statement that SQLite refuses (SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE). */
const OURS: ReadonlySet<number> = new Set([1, 18, CONSTRAINT, 20, 21, 25])

/** Another connection holds the lock; the same work may succeed a moment later. */
export function isBusy(error: unknown): error is Error {
  const code = primaryCode(error)
  return code === BUSY || code === LOCKED
}

/** The one place where SQLite's errors become the core's. Our own pass unchanged. Messages of SQLite name tables and columns, never values, so `cause` is safe to log. */
export function storeError(error: unknown): Error {
  if (SallyportError.is(error)) return error
  const code = primaryCode(error)
  if (code !== null && !OURS.has(code)) {
    return new StoreUnavailableError(`SQLite failed (${NAMES.get(code) ?? `result code ${code}`}).`, { cause: error })
  }
  if (hasCode(error) && error.code === 'ERR_INVALID_STATE') return new StoreUnavailableError('The SQLite store is closed.', { cause: error })
  return new InvariantError('SQLite refused a statement or a value.', { cause: error })
}

/** A stored text that is not what this package wrote. The parser's own error is left out: it quotes the text. */
function corruptRow(table: string): StoreUnavailableError {
  return new StoreUnavailableError(`A row of ${table} cannot be read: the SQLite file was changed from outside or is damaged.`)
}

/** The object or array that was stored as JSON text. */
export function fromJson(text: string, table: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw corruptRow(table)
  }
  if (typeof value !== 'object' || value === null) throw corruptRow(table)
  return value
}

function primaryCode(error: unknown): number | null {
  if (!hasCode(error) || error.code !== 'ERR_SQLITE_ERROR' || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

function hasCode(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && 'code' in error
}
