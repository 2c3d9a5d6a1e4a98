import { InvariantError, type Clock, type CounterStore } from '@sallyport/core'
import type { Database } from './database.ts'
import type { Sweep } from './sweep.ts'

export function sqliteCounterStore({
  database,
  clock,
  sweep,
}: {
  readonly database: Database
  readonly clock: Clock
  readonly sweep: Sweep
}): CounterStore {
  const increment = database.prepare<[count: number]>(`
    INSERT INTO counters (key, window_ms, resets_at, count) VALUES (?, ?, ?, 1)
    ON CONFLICT (key, window_ms, resets_at) DO UPDATE SET count = count + 1
    RETURNING count`)

  return {
    count: (hits) =>
      database.transaction(() => {
        const now = clock.now()
        sweep.amortise(hits.length)
        return hits.map(({ key, windowMs }) => {
          const resetsAt = (Math.floor(now / windowMs) + 1) * windowMs
          const row = increment.first(key, windowMs, resetsAt)
          if (row === undefined) throw new InvariantError('An upsert returned no row.')
          return { count: row[0], resetsAt }
        })
      }),
  }
}
