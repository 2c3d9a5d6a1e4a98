import type { Clock } from '@sallyport/core'
import type { Database } from './database.ts'

/** Deletes rows whose time is over. Nothing depends on it: every read compares the expiry itself; without it the file would only grow. */
export interface Sweep {
  /** To be called inside the transaction that adds rows: every so many rows it deletes at most {@link BATCH} dead ones of each table, so the work stays in step with the growth. */
  amortise(rows: number): void
  /** Deletes everything dead, in transactions of at most {@link BATCH} rows of each table, between which others get their turn. Returns how many rows went. */
  run(): Promise<number>
}

export const BATCH = 64
const EVERY_ROWS = 32

export function sqliteSweep({ database, clock }: { readonly database: Database; readonly clock: Clock }): Sweep {
  const deletions = [
    `DELETE FROM sessions WHERE (user_id, id) IN (SELECT user_id, id FROM sessions WHERE min(idle_expires_at, expires_at) <= ? LIMIT ${BATCH})`,
    `DELETE FROM session_floors WHERE user_id IN (SELECT user_id FROM session_floors WHERE closed_until <= ? LIMIT ${BATCH})`,
    `DELETE FROM one_time_tokens WHERE (user_id, purpose) IN (SELECT user_id, purpose FROM one_time_tokens WHERE expires_at <= ? LIMIT ${BATCH})`,
    `DELETE FROM counters WHERE (key, window_ms, resets_at) IN (SELECT key, window_ms, resets_at FROM counters WHERE resets_at <= ? LIMIT ${BATCH})`,
  ].map((sql) => database.prepare(sql))

  function batch(): number {
    const now = clock.now()
    return deletions.reduce((total, deletion) => total + deletion.run(now), 0)
  }

  let added = 0
  return {
    amortise(rows) {
      added += rows
      if (added < EVERY_ROWS) return
      added = 0
      batch()
    },

    async run() {
      let total = 0
      for (;;) {
        const deleted = await database.transaction(batch)
        total += deleted
        if (deleted === 0) return total
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
    },
  }
}
