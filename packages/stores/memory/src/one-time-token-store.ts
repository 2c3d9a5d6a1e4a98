import type { Clock, OneTimeTokenPurpose, OneTimeTokenStore } from '@sallyport/core'
import { frozenCopy } from './frozen-copy.ts'
import { oneTimeTokenKey, type MemoryKeyspace } from './keyspace.ts'

// A record, so that the compiler finds the purpose that is missing here.
const PURPOSES: Record<OneTimeTokenPurpose, true> = { 'verify-email': true, 'reset-password': true, 'change-email': true }

export function memoryOneTimeTokenStore({ keyspace, clock }: { readonly keyspace: MemoryKeyspace; readonly clock: Clock }): OneTimeTokenStore {
  const { oneTimeTokens } = keyspace
  return {
    async issue(token) {
      const key = oneTimeTokenKey(token)
      // A repetition keeps the mark of its use: it must not make a used token good again.
      const usedBy = oneTimeTokens.get(key)?.token.hash === token.hash ? oneTimeTokens.get(key)!.usedBy : null
      oneTimeTokens.set(key, { token: frozenCopy(token), usedBy })
    },

    async consume({ userId, purpose, hash, attemptId }) {
      const key = oneTimeTokenKey({ userId, purpose })
      const row = oneTimeTokens.get(key)
      if (row === undefined || clock.now() >= row.token.expiresAt || row.token.hash !== hash) return null
      if (row.usedBy !== null && row.usedBy !== attemptId) return null
      oneTimeTokens.set(key, { token: row.token, usedBy: attemptId })
      return row.token
    },

    async endAll(userId) {
      for (const purpose of Object.keys(PURPOSES) as OneTimeTokenPurpose[]) oneTimeTokens.delete(oneTimeTokenKey({ userId, purpose }))
    },
  }
}
