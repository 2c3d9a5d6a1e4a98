import { CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, HOUR, MINUTE, SECOND } from '@sallyport/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatabaseSync } from 'node:sqlite'
import { rowsOf, temporaryFile } from '../testing/temporary-file.ts'
import { sqliteStores, type SqliteStores } from './sqlite-stores.ts'
import { BATCH } from './sweep.ts'

let now = 1_800_000_000_000
let file: ReturnType<typeof temporaryFile>
let stores: SqliteStores

beforeEach(() => {
  file = temporaryFile()
  stores = sqliteStores({ path: file.path, clock: { now: () => now } })
})

afterEach(async () => {
  await stores.close()
  file.remove()
})

/** Rows as an earlier process left them, written past the adapter. */
function plant(sql: string, ...values: readonly (string | number)[]): void {
  const raw = new DatabaseSync(file.path)
  raw.prepare(sql).run(...values)
  raw.close()
}

const claims = JSON.stringify({ version: 1, email: 'ada@example.org', emailVerified: true, name: null, roles: [], attributes: {} })
const SESSION = `INSERT INTO sessions VALUES ('user', ?, 'hash', 0, 0, 0, 0, ?, ?, 1, 1, '${claims}', NULL, NULL)`

describe('expired rows that are still there', () => {
  it.each([SECOND, 47 * HOUR, 0])('are dead for every operation, %i ms after the instant', async (ago) => {
    plant(SESSION, 'idle', now - ago, now + HOUR)
    plant(SESSION, 'absolute', now + HOUR, now - ago)
    plant("INSERT INTO one_time_tokens VALUES ('user', 'reset-password', 'hash', NULL, 0, ?, NULL)", now - ago)
    plant("INSERT INTO session_floors VALUES ('user', ?, 9, ?)", CLOSED_FLOOR, now - ago)
    for (const sessionId of ['idle', 'absolute']) {
      const key = { userId: 'user', sessionId, secretHash: 'hash' }
      expect(await stores.sessions.find('user', sessionId)).toBeNull()
      expect(await stores.sessions.rotate({ ...key, counter: 0, graceMs: 10_000, idleExpiresAt: now + HOUR })).toEqual({ outcome: 'absent' })
      expect(await stores.sessions.prolong({ ...key, idleExpiresAt: now + HOUR })).toBeNull()
      expect(await stores.sessions.end(key)).toBe(false)
    }
    expect(await stores.sessions.list({ userId: 'user', limit: 100, cursor: null })).toEqual({ sessions: [], cursor: null })
    expect(await stores.sessions.endAll({ userId: 'user', floor: 1, except: null })).toBe(0)
    const token = { userId: 'user', purpose: 'reset-password', hash: 'hash', attemptId: 'attempt' } as const
    expect(await stores.oneTimeTokens.consume(token)).toBeNull()
  })

  it('a closed floor that is over does not keep what comes later from lasting', async () => {
    await stores.sessions.endAll({ userId: 'user', floor: CLOSED_FLOOR, except: null })
    now += CLOSED_FLOOR_KEPT_MS
    await stores.sessions.endAll({ userId: 'user', floor: 3, except: null })
    now += 2 * CLOSED_FLOOR_KEPT_MS
    await stores.sweep()
    expect(rowsOf(file.path)).toEqual(['session_floors {"user_id":"user","floor":3,"claims_version":0,"closed_until":null}'])
  })
})

describe('the sweep', () => {
  it('deletes everything dead in any number of batches, nothing alive, and tells how many', async () => {
    const dead = 2 * BATCH + 1
    for (let index = 0; index < dead; index++) plant(SESSION, `dead-${index}`, now, now + HOUR)
    plant(SESSION, 'alive', now + 1, now + 1)
    expect(await stores.sweep()).toBe(dead)
    expect(await stores.sweep()).toBe(0)
    expect(rowsOf(file.path)).toHaveLength(1)
    expect(await stores.sessions.find('user', 'alive')).not.toBeNull()
  })

  it('goes along with the writes, so that the file stays bounded without being asked', async () => {
    for (let index = 0; index < 1000; index++) {
      now += SECOND
      await stores.counters.count([{ key: `network-${index}`, windowMs: MINUTE }])
    }
    expect(rowsOf(file.path).length).toBeLessThan(200)
  })
})
