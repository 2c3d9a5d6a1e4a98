import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { ConfigurationError } from '@sallyport/core'
import type { ImportCounts } from './import-stores.ts'

/** How far an import of one file into one store has come, kept beside the file. Holds nothing secret. */
export interface ImportProgress {
  /** The file's own digest. */
  readonly digest: string
  /** The store's location without credentials. */
  readonly target: string
  /** What must not differ from one run to the next. */
  readonly sessions: boolean
  readonly keys: boolean
  /** Everything before this byte is imported, and of what follows at most the next batch. */
  readonly position: number
  readonly counts: ImportCounts
}

/** `null` when there is none. Throws `ConfigurationError` (`configuration`) when it cannot be read. */
export function readProgress(path: string): ImportProgress | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ConfigurationError('The progress file cannot be read.', { cause: error })
  }
  try {
    return JSON.parse(text) as ImportProgress
  } catch (error) {
    throw new ConfigurationError('The progress file is damaged: remove it, and the import begins anew.', { cause: error })
  }
}

/** Replaces the file as a whole, so that whoever dies meanwhile leaves the old or the new one. */
export function writeProgress(path: string, progress: ImportProgress): void {
  const fresh = `${path}.new`
  try {
    writeFileSync(fresh, `${JSON.stringify(progress)}\n`, { mode: 0o600, flush: true })
    renameSync(fresh, path)
  } catch (error) {
    throw new ConfigurationError('The progress file cannot be written: name another one with --progress.', { cause: error })
  }
}
