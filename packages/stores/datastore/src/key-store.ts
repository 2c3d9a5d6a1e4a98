import type { KeyStore } from '@sallyport/core'
import type { Database, Decision } from './database.ts'
import { insert, update, type Stored } from './entity.ts'
import { KEY_RING, nameOf, SIGNING_KEY, signingKeyKey } from './keyspace.ts'

const PAGE = 100

export function datastoreKeyStore({ database }: { readonly database: Database }): KeyStore {
  return {
    insert: (signingKey) => {
      const key = signingKeyKey(signingKey.generation)
      return database.change(
        [key],
        ([stored]): Decision<'inserted' | 'exists'> =>
          stored === null
            ? { writes: [insert(key, signingKey)], result: 'inserted' }
            : { writes: [], result: stored.record.kid === signingKey.kid ? 'inserted' : 'exists' },
        { stored: [null] },
      )
    },

    async list() {
      const keys: Stored<Parameters<KeyStore['insert']>[0]>[] = []
      for (;;) {
        const last = keys.at(-1)
        const page = await database.query({ kind: SIGNING_KEY, ancestor: KEY_RING, after: last === undefined ? null : nameOf(last.key), limit: PAGE })
        keys.push(...page)
        if (page.length < PAGE) return keys.map(({ record }) => record)
      }
    },

    promote: (generation, at) =>
      database.change([signingKeyKey(generation)], ([stored]) => {
        if (stored === null || stored.record.retiredAt !== null) return { writes: [], result: false }
        const isEarlier = at < stored.record.activeFrom
        return { writes: isEarlier ? [update(stored, { ...stored.record, activeFrom: at })] : [], result: true }
      }),

    retire: (generation, at) =>
      database.change([signingKeyKey(generation)], ([stored]) => {
        if (stored === null) return { writes: [], result: false }
        return { writes: [update(stored, { ...stored.record, retiredAt: stored.record.retiredAt ?? at, wrappedPrivateKey: null })], result: true }
      }),
  }
}
