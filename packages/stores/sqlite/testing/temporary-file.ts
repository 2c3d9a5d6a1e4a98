import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A path for a database of its own, in a directory of its own, and how to get rid of both. */
export function temporaryFile(): { readonly path: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'))
  return { path: join(directory, 'sallyport.db'), remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/** Every row of every table as text, read by a connection that knows nothing of this package: the oracle for what is in the file. */
export function rowsOf(path: string): string[] {
  const raw = new DatabaseSync(path, { readOnly: true, timeout: 1000 })
  try {
    const tables = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    return tables.flatMap(({ name }) =>
      raw
        .prepare(`SELECT * FROM "${String(name)}"`)
        .all()
        .map((row) => `${String(name)} ${JSON.stringify(row)}`),
    )
  } finally {
    raw.close()
  }
}
