import type { Clock, OneTimeTokenStore } from '@sallyport/core'
import type { Database } from './database.ts'
import type { Sweep } from './sweep.ts'

export function sqliteOneTimeTokenStore({
  database,
  clock,
  sweep,
}: {
  readonly database: Database
  readonly clock: Clock
  readonly sweep: Sweep
}): OneTimeTokenStore {
  // One row for each user and purpose: the new token takes the place of the older one. The same token again changes nothing, so that a
  // repetition never brings a consumed one back.
  const issue = database.prepare(`
    INSERT INTO one_time_tokens (user_id, purpose, hash, payload, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id, purpose) DO UPDATE
    SET hash = excluded.hash, payload = excluded.payload, created_at = excluded.created_at, expires_at = excluded.expires_at, attempt_id = NULL
    WHERE hash <> excluded.hash`)
  // Who writes their attempt id first has the token. The row stays until it expires, so that the same attempt is known again.
  const consume = database.prepare<[payload: string | null, createdAt: number, expiresAt: number]>(`
    UPDATE one_time_tokens SET attempt_id = ?
    WHERE user_id = ? AND purpose = ? AND hash = ? AND expires_at > ? AND coalesce(attempt_id, ?) = ?
    RETURNING payload, created_at, expires_at`)
  const endAll = database.prepare('DELETE FROM one_time_tokens WHERE user_id = ?')

  return {
    issue: ({ userId, purpose, hash, payload, createdAt, expiresAt }) =>
      database.transaction(() => {
        sweep.amortise(1)
        issue.run(userId, purpose, hash, payload, createdAt, expiresAt)
      }),

    consume: ({ userId, purpose, hash, attemptId }) =>
      database.write(() => {
        const row = consume.first(attemptId, userId, purpose, hash, clock.now(), attemptId, attemptId)
        if (row === undefined) return null
        const [payload, createdAt, expiresAt] = row
        return { userId, purpose, hash, payload, createdAt, expiresAt }
      }),

    endAll: (userId) =>
      database.write(() => {
        endAll.run(userId)
      }),
  }
}
