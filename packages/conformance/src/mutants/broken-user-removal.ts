import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Identity, User } from '@sallyport/core'
import { overriding, type StoreMutant } from './store-mutant.ts'

/** Deleting, listing, and copies. */
export const brokenUserRemoval: readonly StoreMutant[] = [
  {
    name: 'delete leaves the identity',
    fault: 'deletes the user row and keeps its address reserved',
    killedBy: ['U18'],
    plant({ stores }) {
      const left = new Set<string>()
      return overriding(stores, 'users', {
        async delete(userId) {
          for (const { key } of await stores.users.identities(userId)) left.add(key)
          return stores.users.delete(userId)
        },
        create: async (user, identity) => (left.has(identity.key) ? 'identity-taken' : stores.users.create(user, identity)),
      })
    },
  },
  {
    name: 'delete is always true',
    fault: 'reports that the command ran, not that it deleted something',
    killedBy: ['U19'],
    plant({ stores }) {
      return overriding(stores, 'users', { delete: async (userId) => (await stores.users.delete(userId)) || true })
    },
  },
  {
    name: 'a late replace brings a deleted user back',
    fault: 'reads the user, awaits, and puts the whole row',
    killedBy: ['U20'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async replace(change) {
          const read = await stores.users.find(change.user.id)
          await nextTurn()
          const outcome = await stores.users.replace(change)
          if (outcome === 'absent' && read !== null) await stores.users.create(change.user, change.identity ?? identityOf(change.user))
          return outcome
        },
      })
    },
  },
  {
    name: 'user list repeats a row',
    fault: 'starts the next page at the cursor instead of after it',
    killedBy: ['U21'],
    plant({ stores }) {
      const lastBefore = new Map<string, User>()
      return overriding(stores, 'users', {
        async list({ limit, cursor }) {
          const last = cursor === null ? undefined : lastBefore.get(cursor)
          const page = await stores.users.list({ limit: last === undefined ? limit : limit - 1, cursor })
          const users = last === undefined ? page.users : [last, ...page.users]
          if (page.cursor !== null) lastBefore.set(page.cursor, users.at(-1)!)
          return { ...page, users }
        },
      })
    },
  },
  {
    name: 'user list ends after one page',
    fault: 'forgets to hand the cursor on',
    killedBy: ['U21'],
    plant({ stores }) {
      return overriding(stores, 'users', { list: async (page) => ({ ...(await stores.users.list(page)), cursor: null }) })
    },
  },
  {
    name: 'user list loses a row between pages',
    fault: 'counts an offset while users are deleted',
    killedBy: ['U21'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async list({ limit, cursor }) {
          const all = (await stores.users.list({ limit: 100, cursor: null })).users
          const from = Number(cursor ?? 0)
          return { users: all.slice(from, from + limit), cursor: from + limit < all.length ? String(from + limit) : null }
        },
      })
    },
  },
  {
    name: 'users are shared references',
    fault: "keeps and hands out the caller's own object",
    killedBy: ['E4'],
    plant({ stores }) {
      const given = new Map<string, User>()
      return overriding(stores, 'users', {
        async create(user, identity) {
          given.set(user.id, user)
          return stores.users.create(user, identity)
        },
        async findByIdentity(key) {
          const found = await stores.users.findByIdentity(key)
          return found === null ? null : { ...found, user: given.get(found.user.id) ?? found.user }
        },
      })
    },
  },
  {
    name: 'attributes are copied by assignment',
    fault: 'fills a fresh object key by key, so that `__proto__` sets the prototype and is lost',
    killedBy: ['E1'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async find(userId) {
          const user = await stores.users.find(userId)
          if (user === null) return null
          const attributes: Record<string, never> = {}
          for (const [key, value] of Object.entries(user.attributes)) attributes[key] = value as never
          return { ...user, attributes }
        },
      })
    },
  },
  {
    name: 'a foreign cursor becomes a TypeError',
    fault: 'parses what clients send as if it were always its own',
    killedBy: ['E5'],
    fallsOver: true,
    plant({ stores }) {
      return overriding(stores, 'users', {
        async list({ limit, cursor }) {
          const after = cursor === null ? null : (JSON.parse(cursor) as { after: string }).after
          const page = await stores.users.list({ limit, cursor: after })
          return { ...page, cursor: page.cursor === null ? null : JSON.stringify({ after: page.cursor }) }
        },
      })
    },
  },
]

function identityOf(user: User): Identity {
  return { key: `password:${user.email}`, userId: user.id, passwordHash: null, createdAt: user.createdAt }
}
