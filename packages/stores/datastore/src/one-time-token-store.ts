import type { Clock, OneTimeTokenPurpose, OneTimeTokenStore } from '@sallyport/core'
import type { Database } from './database.ts'
import { erase, insert, update } from './entity.ts'
import { oneTimeTokenKey } from './keyspace.ts'

/** Every purpose there is: the compiler asks for a new one. */
const PURPOSES = Object.keys({
  'verify-email': true,
  'reset-password': true,
  'change-email': true,
} satisfies Record<OneTimeTokenPurpose, true>) as OneTimeTokenPurpose[]

export function datastoreOneTimeTokenStore({ database, clock }: { readonly database: Database; readonly clock: Clock }): OneTimeTokenStore {
  return {
    issue({ userId, purpose, hash, payload, createdAt, expiresAt }) {
      const token = { userId, purpose, hash, payload, createdAt, expiresAt }
      const key = oneTimeTokenKey(userId, purpose)
      return database.change([key], ([stored]) => {
        const record = { token, attemptId: null }
        if (stored === null) return { writes: [insert(key, record)], result: undefined }
        // The same token again changes nothing, so that a repetition never brings a used one back.
        return { writes: stored.record.token.hash === hash ? [] : [update(stored, record)], result: undefined }
      })
    },

    consume: ({ userId, purpose, hash, attemptId }) =>
      database.change([oneTimeTokenKey(userId, purpose)], ([stored]) => {
        if (stored === null) return { writes: [], result: null }
        const { token, attemptId: usedBy } = stored.record
        if (token.hash !== hash || clock.now() >= token.expiresAt) return { writes: [], result: null }
        if (usedBy !== null) return { writes: [], result: usedBy === attemptId ? token : null }
        // Who writes their attempt id first has the token.
        return { writes: [update(stored, { token, attemptId })], result: token }
      }),

    // By keys, unseen: nothing to decide, one commit.
    endAll: (userId) =>
      database.change([], () => ({ writes: PURPOSES.map((purpose) => erase(oneTimeTokenKey(userId, purpose))), result: undefined }), { stored: [] }),
  }
}
