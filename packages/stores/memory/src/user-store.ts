import type { Identity, IdentityKey, UserStore } from '@sallyport/core'
import { frozenCopy } from './frozen-copy.ts'
import type { MemoryKeyspace, UserRow } from './keyspace.ts'

/** No method awaits between its check and its write, so each is atomic: nothing else runs in between. */
export function memoryUserStore({ keyspace }: { readonly keyspace: MemoryKeyspace }): UserStore {
  const { users, identityHolders } = keyspace

  function write(row: UserRow, identities: ReadonlyMap<IdentityKey, Identity>, user: UserRow['user'], attemptId: string): void {
    for (const key of row.identities.keys()) if (!identities.has(key)) identityHolders.delete(key)
    users.set(user.id, { user: frozenCopy(user), identities, attemptId })
    for (const key of identities.keys()) identityHolders.set(key, user.id)
  }

  /** The row that `user` may be written over, otherwise the outcome. */
  function replaceable(user: UserRow['user'], attemptId: string): UserRow | 'replaced' | 'changed-meanwhile' | 'absent' {
    const row = users.get(user.id)
    if (row === undefined) return 'absent'
    if (row.user.version === user.version && row.attemptId === attemptId) return 'replaced'
    return row.user.version === user.version - 1 ? row : 'changed-meanwhile'
  }

  return {
    async create(user, identity) {
      const holder = identityHolders.get(identity.key)
      if (holder !== undefined) return holder === user.id ? 'created' : 'identity-taken'
      // An id is never given twice, so this is a late repetition of a create whose identity has moved on: the user stays as it is.
      if (users.get(user.id) !== undefined) return 'identity-taken'
      users.set(user.id, { user: frozenCopy(user), identities: new Map([[identity.key, frozenCopy(identity)]]), attemptId: null })
      identityHolders.set(identity.key, user.id)
      return 'created'
    },

    async find(userId) {
      return users.get(userId)?.user ?? null
    },

    async findByIdentity(key) {
      const holder = identityHolders.get(key)
      const row = holder === undefined ? undefined : users.get(holder)
      const identity = row?.identities.get(key)
      return row === undefined || identity === undefined ? null : { user: row.user, identity }
    },

    async identities(userId) {
      return [...(users.get(userId)?.identities.values() ?? [])]
    },

    async replace({ user, identity, attemptId }) {
      const row = replaceable(user, attemptId)
      if (typeof row === 'string') return row
      if (identity === null) {
        write(row, row.identities, user, attemptId)
        return 'replaced'
      }
      if (!row.identities.has(identity.key)) return 'absent'
      write(row, new Map(row.identities).set(identity.key, frozenCopy(identity)), user, attemptId)
      return 'replaced'
    },

    async moveIdentity({ user, from, to, attemptId }) {
      const row = replaceable(user, attemptId)
      if (typeof row === 'string') return row
      if (!row.identities.has(from)) return 'absent'
      if (identityHolders.has(to.key)) return 'identity-taken'
      const identities = new Map(row.identities)
      identities.delete(from)
      write(row, identities.set(to.key, frozenCopy(to)), user, attemptId)
      return 'replaced'
    },

    async delete(userId) {
      const row = users.get(userId)
      if (row === undefined) return false
      users.delete(userId)
      for (const key of row.identities.keys()) identityHolders.delete(key)
      return true
    },

    async list({ limit, cursor }) {
      // By id, and the cursor is the last id shown: whatever comes and goes meanwhile, the rest keeps its place.
      const ids = Array.from(users.entries(), ([id]) => id).filter((id) => cursor === null || id > cursor)
      const shown = ids.toSorted().slice(0, limit)
      return {
        users: shown.flatMap((id) => users.get(id)?.user ?? []),
        cursor: ids.length > shown.length ? (shown.at(-1) ?? null) : null,
      }
    },
  }
}
