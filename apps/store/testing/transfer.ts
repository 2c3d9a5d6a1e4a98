import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Stores } from '@sallyport/core'
import { sqliteStores } from '@sallyport/store-sqlite'
import { afterEach, beforeEach } from 'vitest'
import { runStore, type Run } from './store-run.ts'

export interface Transfer {
  readonly at: (name: string) => string
  readonly source: () => Stores
  readonly exported: (...flags: string[]) => Promise<Run>
  readonly imported: (target: string, ...flags: string[]) => Promise<Run>
  readonly contentAt: (name: string) => Promise<readonly string[]>
}

/** A folder and an empty source of its own for each test, and the commands between them. */
export function transfer(): Transfer {
  let directory: string
  let source: Stores
  const at = (name: string): string => join(directory, name)

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sallyport-transfer-'))
    source = sqliteStores({ path: at('source.db'), clock: systemClock, synchronous: 'normal' })
  })

  afterEach(async () => {
    await source.close()
    rmSync(directory, { recursive: true, force: true })
  })

  return {
    at,
    source: () => source,
    exported: (...flags) => runStore(['export', '--from', `sqlite:${at('source.db')}`, '--file', at('export.ndjson'), ...flags]),
    imported: (target, ...flags) => runStore(['import', '--to', `sqlite:${at(target)}`, '--file', at('export.ndjson'), ...flags]),
    contentAt: async (name) => {
      const stores = sqliteStores({ path: at(name), clock: systemClock })
      const content = await contentOf(stores)
      await stores.close()
      return content
    },
  }
}

/** Everything that moves, in an order of its own. */
export async function contentOf(stores: Stores): Promise<readonly string[]> {
  const { users, sessions, keys } = stores
  const found: unknown[] = [...(await keys.list())]
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page = await users.list({ limit: 100, cursor })
    for (const user of page.users) {
      const { sessions: live } = await sessions.list({ userId: user.id, limit: 100, cursor: null })
      found.push(user, ...(await users.identities(user.id)), ...live)
    }
    cursor = page.cursor
  }
  return found.map((item) => JSON.stringify(item)).toSorted()
}
