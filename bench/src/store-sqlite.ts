import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ratioOf, type Effort } from './measure.ts'
import type { GroupReport } from './report.ts'
import { atLeast, measureReads, rawRead, sampleSession, storeRead } from './store-reads.ts'

const OURS = 'Sallyport'

/** Beside a prepared get of the same row of the same file, in node:sqlite's faster form: arrays in place of objects. */
export async function sqliteReads({ sqliteStores, systemClock }: typeof import('./ours-stores.ts'), effort: Effort): Promise<GroupReport> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const path = join(directory, 'sallyport.db')
  const stores = sqliteStores({ path, clock: systemClock })
  const raw = new DatabaseSync(path)
  try {
    const session = sampleSession()
    await stores.sessions.create(session)
    const statement = raw.prepare('SELECT * FROM sessions WHERE user_id = ? AND id = ?')
    statement.setReturnArrays(true)
    const { userId, id } = session
    const base = { ...(await rawRead('a prepared get', session, () => statement.get(userId, id))), asynchronous: false }
    return await measureReads(
      {
        engine: 'SQLite',
        base,
        candidates: [await storeRead(OURS, stores.sessions, session)],
        rows: ({ rates, underWay }) => [atLeast(`session check on SQLite / a prepared get, ${underWay} under way`, ratioOf(rates(OURS)), 0.8)],
      },
      effort,
    )
  } finally {
    raw.close()
    await stores.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
