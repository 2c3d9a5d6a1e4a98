import type { KeyStore, SigningKey } from '@sallyport/core'
import { frozenCopy } from './frozen-copy.ts'
import type { MemoryKeyspace } from './keyspace.ts'

export function memoryKeyStore({ keyspace }: { readonly keyspace: MemoryKeyspace }): KeyStore {
  const { keys } = keyspace

  function store(key: SigningKey, changes: Partial<SigningKey>): void {
    keys.set(key.generation, frozenCopy({ ...key, ...changes }))
  }

  return {
    async insert(key) {
      const stored = keys.get(key.generation)
      if (stored !== undefined) return stored.kid === key.kid ? 'inserted' : 'exists'
      store(key, {})
      return 'inserted'
    },

    async list() {
      return [...keys.values()].toSorted((a, b) => a.generation - b.generation)
    },

    async promote(generation, at) {
      const key = keys.get(generation)
      if (key === undefined || key.retiredAt !== null) return false
      if (at < key.activeFrom) store(key, { activeFrom: at })
      return true
    },

    async retire(generation, at) {
      const key = keys.get(generation)
      if (key === undefined) return false
      if (key.retiredAt === null) store(key, { retiredAt: at, wrappedPrivateKey: null })
      return true
    },
  }
}
