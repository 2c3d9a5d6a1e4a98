import { InvariantError, passwordIdentityKey, type User, type UserStore } from '@sallyport/core'
import type { Item } from './dynamo-transport.ts'
import { corruptItem } from './errors.ts'
import type { Calls, Patience } from './patience.ts'
import { identityOf, map, number, textOrNull, userOf } from './records.ts'
import { identityHash, type Table } from './table.ts'
import { listUsers } from './user-list.ts'
import { identityMoved, identityReplaced, NO_IDENTITY_CHANGE, userWrites } from './user-writes.ts'

/** Hashes of the identities that a user has. */
interface Held {
  readonly held: readonly string[]
}

/**
 * A user is one item, and each identity another, which carries a copy of the user so that a sign-in is one read. Every write of a user writes its identities in the
 * same transaction. The user's item says which there are: a write guesses the only one, as nearly every user has one, and a wrong guess comes back with the truth.
 */
export function dynamodbUserStore({ patience, table }: { readonly patience: Patience; readonly table: Table }): UserStore {
  const { keys, options } = table
  const writes = userWrites(table)
  const list = listUsers(table)

  const read = async (calls: Calls, Key: Item): Promise<Item | null> =>
    (await calls('GetItem', { TableName: options.tableName, Key, ConsistentRead: true })).Item ?? null

  return {
    create: (user, identity) =>
      patience.operation(async (calls) => {
        if (identity.userId !== user.id) throw new InvariantError('An identity is created with the user it belongs to.')
        const verdict = await calls.transact([writes.insertUser(user, identity), writes.insertIdentity(user, identity)], ([atUser]) => {
          // An id is given once: a user that is there with this key is the own write, with another the late repetition of a create whose identity has moved on.
          const known = atUser?.code === 'None' ? null : (atUser?.item ?? null)
          return known !== null && heldBy(known).includes(identityHash(identity.key)) ? 'created' : 'identity-taken'
        })
        return verdict === 'committed' ? 'created' : verdict
      }),

    find: (userId) => patience.read(options.tableName, keys.user(userId), (item) => (item === null ? null : userOf(item))),

    findByIdentity: (key) =>
      patience.read(options.tableName, keys.identity(identityHash(key)), (item) =>
        item === null ? null : { user: userOf(item), identity: identityOf(item, 'identity') },
      ),

    identities: (userId) =>
      patience.read(options.tableName, keys.user(userId), (item) =>
        item === null ? [] : heldBy(item).map((hash) => identityOf(map(item, 'identities'), hash)),
      ),

    replace: ({ user, identity, attemptId }) =>
      patience.operation(async (calls) => {
        const changed = identityHash(identity?.key ?? passwordIdentityKey(user.email))
        const change = identity === null ? NO_IDENTITY_CHANGE : identityReplaced(identity)
        for (let held: readonly string[] = [changed]; ;) {
          const copies = held.map((hash) => writes.updateIdentity(user, hash, hash === changed ? identity : null))
          const verdict = await calls.transact([writes.updateUser(user, attemptId, held, change), ...copies], ([atUser]) => {
            if (atUser === undefined || atUser.code === 'None') throw corruptItem('identity')
            return judged(user, attemptId, atUser.item)
          })
          if (verdict === 'committed') return 'replaced'
          if (typeof verdict === 'string') return verdict
          if (identity !== null && !verdict.held.includes(changed)) return 'absent'
          held = verdict.held
        }
      }),

    moveIdentity: ({ user, from, to, attemptId }) =>
      patience.operation(async (calls) => {
        if (to.userId !== user.id) throw new InvariantError('An identity moves within the user it belongs to.')
        const [source, target] = [identityHash(from), identityHash(to.key)]
        // A transaction names each item once, so a move to where it comes from is judged by a read.
        let known = source === target ? judged(user, attemptId, await read(calls, keys.user(user.id))) : { held: [source] }
        for (;;) {
          if (typeof known === 'string') return known
          const { held } = known
          if (!held.includes(source)) return 'absent'
          if (held.includes(target)) return 'identity-taken'
          const copies = held.filter((hash) => hash !== source).map((hash) => writes.updateIdentity(user, hash, null))
          const items = [
            writes.updateUser(user, attemptId, held, identityMoved(source, to)),
            writes.insertIdentity(user, to),
            writes.deleteIdentity(user.id, source),
            ...copies,
          ]
          const verdict = await calls.transact(items, ([atUser, atTarget]) => {
            if (atUser !== undefined && atUser.code !== 'None') return judged(user, attemptId, atUser.item)
            if (atTarget !== undefined && atTarget.code !== 'None') return 'identity-taken'
            throw corruptItem('identity')
          })
          if (verdict === 'committed') return 'replaced'
          if (verdict === 'identity-taken') return verdict
          known = verdict
        }
      }),

    delete: (userId) =>
      patience.operation(async (calls) => {
        for (let item = await read(calls, keys.user(userId)); item !== null;) {
          const identities = heldBy(item).map((hash) => writes.deleteIdentity(userId, hash))
          const verdict = await calls.transact([writes.deleteUser({ id: userId, version: number(item, 'version') }), ...identities], ([atUser]) => {
            if (atUser === undefined || atUser.code === 'None') throw corruptItem('identity')
            return { item: atUser.item }
          })
          if (verdict === 'committed') return true
          item = verdict.item
        }
        return false
      }),

    list: (page) => patience.operation((calls) => list(calls, page)),
  }
}

function heldBy(item: Item): readonly string[] {
  return Object.keys(map(item, 'identities'))
}

/** What the stored user means for a change of it; the identities it has when the change is made for its version. */
function judged(user: User, attemptId: string, item: Item | null): 'replaced' | 'changed-meanwhile' | 'absent' | Held {
  if (item === null) return 'absent'
  const version = number(item, 'version')
  if (version === user.version - 1) return { held: heldBy(item) }
  return version === user.version && textOrNull(item, 'attemptId') === attemptId ? 'replaced' : 'changed-meanwhile'
}
