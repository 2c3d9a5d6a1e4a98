import { chmodSync, closeSync, openSync, statSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigurationError } from '@sallyport/core'

const OWNER_ONLY = 0o600
const GROUP_AND_OTHERS = 0o077

/**
 * The path to give to SQLite. A missing file is created here with mode 0600, an older one and its `-wal` and `-shm` are tightened to it;
 * SQLite gives the two the mode of the database. Throws `ConfigurationError` for a path that cannot become a database.
 */
export function preparePath(path: string): string {
  if (path === ':memory:') return path
  if (path === '' || path.includes('\0')) throw new ConfigurationError('The path of the SQLite file is empty or contains a zero byte.')
  // Absolute, so that a name such as `file:x?mode=ro` is a file's name and not a URI with options.
  const file = resolve(path)
  if (look(dirname(file))?.isDirectory() !== true) {
    throw new ConfigurationError(
      `The directory of the SQLite file does not exist: ${dirname(file)}. The application creates it before it opens the store.`,
    )
  }
  const existing = look(file)
  if (existing === null) create(file)
  else if (!existing.isFile()) throw new ConfigurationError(`The path of the SQLite file is not a file: ${file}.`)
  for (const each of [file, `${file}-wal`, `${file}-shm`]) tighten(each)
  return file
}

/** Blocks the thread; for the time of opening only. */
export function pauseSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/**
 * Never opens a file that is there: closing any descriptor of a file drops all POSIX locks this process holds on it, those of another
 * connection included (https://sqlite.org/howtocorrupt.html section 2.2).
 */
function create(file: string): void {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new ConfigurationError(`The SQLite file cannot be created: ${file}.`, { cause: error })
  }
}

function tighten(file: string): void {
  const found = look(file)
  if (found === null || (found.mode & GROUP_AND_OTHERS) === 0) return
  try {
    chmodSync(file, OWNER_ONLY)
  } catch (error) {
    // The `-wal` and `-shm` vanish when another process closes the file.
    if (codeOf(error) === 'ENOENT') return
    throw new ConfigurationError(`Others may read the SQLite file, and its mode cannot be changed to 0600: ${file}.`, { cause: error })
  }
}

function look(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return null
    throw new ConfigurationError(`The path of the SQLite file cannot be looked at: ${path}.`, { cause: error })
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
