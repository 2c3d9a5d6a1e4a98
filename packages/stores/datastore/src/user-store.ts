import { InvariantError, type Identity, type UserMove, type UserStore } from '@sallyport/core'
import type { Database, Decision } from './database.ts'
import { erase, insert, put, remove, update, type Stored, type Write } from './entity.ts'
import { identityKey, isName, nameOf, USER, userKey, type UserRecord } from './keyspace.ts'
import type { Newcomers } from './newcomers.ts'
import { pageLimit } from './page-limit.ts'

type ReplaceOutcome = 'replaced' | 'changed-meanwhile' | 'absent'
type Change = Pick<UserMove, 'user' | 'attemptId'>

/**
 * The user's entity lists its identities, each of which has an entity of its own that repeats the user: a sign-in is one look-up. All of them are
 * written together, under the condition that the user's entity is as it was read; the copies need none of their own.
 */
export function datastoreUserStore({ database, newcomers }: { readonly database: Database; readonly newcomers: Newcomers }): UserStore {
  return {
    async create(user, identity) {
      if (identity.userId !== user.id) throw new InvariantError('An identity is created with the user it belongs to.')
      const keys = [userKey(user.id), identityKey(identity.key)] as const
      const outcome = await database.change(
        keys,
        ([known, held]): Decision<'created' | 'identity-taken'> => {
          if (held !== null) return unchanged(held.record.user.id === user.id ? 'created' : 'identity-taken')
          // An id is given once: this is the late repetition of a create whose identity has moved on, and the user stays as it is.
          if (known !== null) return unchanged('identity-taken')
          const record = { user, identities: [identity], attemptId: null }
          return { writes: [insert(keys[0], record), insert(keys[1], { user, identity })], result: 'created' }
        },
        // Nearly always right, and otherwise told by the insert.
        { stored: [null, null] },
      )
      if (outcome === 'created') newcomers.add(user.id)
      return outcome
    },

    async find(userId) {
      const [stored] = await database.read(userKey(userId))
      return stored?.record.user ?? null
    },

    async findByIdentity(key) {
      const [stored] = await database.read(identityKey(key))
      return stored?.record ?? null
    },

    async identities(userId) {
      const [stored] = await database.read(userKey(userId))
      return stored?.record.identities ?? []
    },

    replace: (change) =>
      database.change([userKey(change.user.id)], ([stored]): Decision<ReplaceOutcome> => {
        const { user, identity } = change
        const before = judge(stored, change)
        if (typeof before === 'string') return unchanged(before)
        if (identity === null) return replaced(before, change, before.record.identities)
        if (identity.userId !== user.id || !holds(before, identity.key)) return unchanged('absent')
        return replaced(
          before,
          change,
          before.record.identities.map((each) => (each.key === identity.key ? identity : each)),
        )
      }),

    async moveIdentity(move) {
      const { user, from, to } = move
      if (to.userId !== user.id) throw new InvariantError('An identity moves within the user it belongs to.')
      return database.change([userKey(user.id), identityKey(to.key)], ([stored, held]): Decision<ReplaceOutcome | 'identity-taken'> => {
        const before = judge(stored, move)
        if (typeof before === 'string') return unchanged(before)
        if (!holds(before, from)) return unchanged('absent')
        if (held !== null) return unchanged('identity-taken')
        const others = before.record.identities.filter(({ key }) => key !== from)
        const moved = [erase(identityKey(from)), insert(identityKey(to.key), { user, identity: to })]
        return replaced(before, move, others, { identity: to, writes: moved })
      })
    },

    delete: (userId) =>
      database.change([userKey(userId)], ([stored], lost) => {
        if (stored === null) return unchanged(lost?.result ?? false)
        const identities = stored.record.identities.map(({ key }) => erase(identityKey(key)))
        return { writes: [remove(stored), ...identities], result: true }
      }),

    async list({ limit, cursor }) {
      pageLimit(limit)
      if (cursor !== null && !isName(cursor)) return { users: [], cursor: null }
      const stored = await database.query({ kind: USER, ancestor: null, after: cursor, limit: limit + 1 })
      const last = stored[limit - 1]
      return {
        users: stored.slice(0, limit).map(({ record }) => record.user),
        cursor: stored.length > limit && last !== undefined ? nameOf(last.key) : null,
      }
    },
  }
}

/** The user as stored when it is the one this change is made for; otherwise why not. */
function judge(stored: Stored<UserRecord> | null, { user, attemptId }: Change): Stored<UserRecord> | ReplaceOutcome {
  if (stored === null) return 'absent'
  const { version } = stored.record.user
  if (version === user.version - 1) return stored
  return version === user.version && stored.record.attemptId === attemptId ? 'replaced' : 'changed-meanwhile'
}

function replaced(
  before: Stored<UserRecord>,
  { user, attemptId }: Change,
  kept: readonly Identity[],
  moved?: { readonly identity: Identity; readonly writes: readonly Write[] },
): Decision<'replaced'> {
  const identities = moved === undefined ? kept : [...kept, moved.identity]
  const copies = kept.map((identity) => put(identityKey(identity.key), { user, identity }))
  return { writes: [update(before, { user, identities, attemptId }), ...copies, ...(moved?.writes ?? [])], result: 'replaced' }
}

function holds({ record }: Stored<UserRecord>, key: string): boolean {
  return record.identities.some((identity) => identity.key === key)
}

function unchanged<Result>(result: Result): Decision<Result> {
  return { writes: [], result }
}
