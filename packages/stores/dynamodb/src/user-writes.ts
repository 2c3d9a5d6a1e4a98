import type { Identity, User } from '@sallyport/core'
import type { Item, TransactItem } from './dynamo-transport.ts'
import { identityValue, n, s, userValue } from './records.ts'
import { identityHash, type Table } from './table.ts'

const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const

/** What becomes of the map of identities in the user's item: an end of its update expression, with what stands behind its words. */
interface IdentityChange {
  readonly set: string
  readonly names: Readonly<Record<string, string>>
  readonly values: Item
}

/** The single writes of which the transactions on a user are made. Identities are named by their hash. */
export interface UserWrites {
  insertUser(user: User, identity: Identity): TransactItem
  /** Only if nobody holds its key. */
  insertIdentity(user: User, identity: Identity): TransactItem
  /** Only while the stored version is one below and the identities are exactly `held`. */
  updateUser(user: User, attemptId: string, held: readonly string[], change: IdentityChange): TransactItem
  /** The user's copy in one of its identities, and that identity itself when it changes too. */
  updateIdentity(user: User, hash: string, identity: Identity | null): TransactItem
  deleteUser(user: Pick<User, 'id' | 'version'>): TransactItem
  deleteIdentity(userId: string, hash: string): TransactItem
}

export const NO_IDENTITY_CHANGE: IdentityChange = { set: '', names: {}, values: {} }

export function identityReplaced(identity: Identity): IdentityChange {
  return { set: ', #identities.#to = :identity', names: { '#to': identityHash(identity.key) }, values: { ':identity': identityValue(identity) } }
}

export function identityMoved(from: string, to: Identity): IdentityChange {
  const { set, names, values } = identityReplaced(to)
  return { set: `${set} REMOVE #identities.#from`, names: { ...names, '#from': from }, values }
}

export function userWrites(table: Table): UserWrites {
  const { keys, options } = table
  const insert = table.prepare({ ConditionExpression: 'attribute_not_exists(#pk)' })
  const copyUser = table.prepare({ UpdateExpression: 'SET #user = :user', ConditionExpression: '#userId = :id' })
  const copyBoth = table.prepare({ UpdateExpression: 'SET #user = :user, #identity = :identity', ConditionExpression: '#userId = :id' })
  const own = table.prepare({ ConditionExpression: '#userId = :id' })
  const unchanged = table.prepare({ ConditionExpression: '#version = :version' })

  return {
    insertUser(user, identity) {
      const identities = { M: { [identityHash(identity.key)]: identityValue(identity) } }
      const Item = {
        ...keys.user(user.id),
        user: userValue(user),
        version: n(user.version),
        identities,
        [options.listingAttribute]: keys.listingOf(user.id),
      }
      return { Put: { ...insert, ...ALL_OLD, Item } }
    },

    insertIdentity(user, identity) {
      const Item = { ...keys.identity(identityHash(identity.key)), userId: s(user.id), user: userValue(user), identity: identityValue(identity) }
      return { Put: { ...insert, ...ALL_OLD, Item } }
    },

    updateUser(user, attemptId, held, { set, names, values }) {
      const holds = held.map((_, index) => ` AND attribute_exists(#identities.#held${index})`).join('')
      const update = table.prepare({
        UpdateExpression: `SET #user = :user, #version = :version, #attemptId = :attempt${set}`,
        ConditionExpression: `#version = :previous AND size(#identities) = :count${holds}`,
      })
      const known = {
        ':user': userValue(user),
        ':version': n(user.version),
        ':attempt': s(attemptId),
        ':previous': n(user.version - 1),
        ':count': n(held.length),
      }
      const hashes = Object.fromEntries(held.map((hash, index) => [`#held${index}`, hash]))
      const ExpressionAttributeNames = { ...update.ExpressionAttributeNames, ...hashes, ...names }
      return {
        Update: { ...update, ...ALL_OLD, Key: keys.user(user.id), ExpressionAttributeNames, ExpressionAttributeValues: { ...known, ...values } },
      }
    },

    updateIdentity(user, hash, identity) {
      const values = { ':user': userValue(user), ':id': s(user.id) }
      const Key = keys.identity(hash)
      if (identity === null) return { Update: { ...copyUser, Key, ExpressionAttributeValues: values } }
      return { Update: { ...copyBoth, Key, ExpressionAttributeValues: { ...values, ':identity': identityValue(identity) } } }
    },

    deleteUser: ({ id, version }) => ({
      Delete: { ...unchanged, ...ALL_OLD, Key: keys.user(id), ExpressionAttributeValues: { ':version': n(version) } },
    }),

    deleteIdentity: (userId, hash) => ({ Delete: { ...own, Key: keys.identity(hash), ExpressionAttributeValues: { ':id': s(userId) } } }),
  }
}
