import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Identity, User } from '@sallyport/core'
import { overriding, type StoreMutant } from './store-mutant.ts'

export const brokenUserStores: readonly StoreMutant[] = [
  {
    name: 'user create reads, then writes',
    fault: 'asks whether the identity is free, awaits, and writes over whoever came meanwhile',
    killedBy: ['U3'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async create(user, identity) {
          if ((await stores.users.findByIdentity(identity.key)) !== null) return stores.users.create(user, identity)
          await nextTurn()
          const holder = await stores.users.findByIdentity(identity.key)
          if (holder !== null) await stores.users.delete(holder.user.id)
          return stores.users.create(user, identity)
        },
      })
    },
  },
  {
    name: 'user create leaves an orphan',
    fault: 'writes the user row first and the identity row second, and cleans nothing up',
    killedBy: ['U4'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async create(user, identity) {
          const outcome = await stores.users.create(user, identity)
          if (outcome === 'identity-taken') await stores.users.create(user, { ...identity, key: `orphan:${user.id}` })
          return outcome
        },
      })
    },
  },
  {
    name: 'user create does not know its own write',
    fault: 'answers identity-taken to a repetition',
    killedBy: ['U2'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        create: async (user, identity) => ((await stores.users.findByIdentity(identity.key)) === null ? stores.users.create(user, identity) : 'identity-taken'),
      })
    },
  },
  {
    name: 'user create overwrites on repetition',
    fault: 'puts the row again when the key is its own',
    killedBy: ['U2'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async create(user, identity) {
          if ((await stores.users.findByIdentity(identity.key))?.user.id === user.id) await stores.users.delete(user.id)
          return stores.users.create(user, identity)
        },
      })
    },
  },
  {
    name: 'absent user is undefined',
    fault: 'hands on what the database driver returns',
    killedBy: ['U5'],
    plant({ stores }) {
      return overriding(stores, 'users', { find: async (userId) => (await stores.users.find(userId)) ?? (undefined as unknown as null) })
    },
  },
  {
    name: 'absent identity throws',
    fault: 'reads the user of a row that is not there',
    killedBy: ['U6'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async findByIdentity(key) {
          const found = await stores.users.findByIdentity(key)
          return { user: found!.user, identity: found!.identity }
        },
      })
    },
  },
  looking('identity by prefix', 'asks for keys that begin with the given one', (stored, asked) => stored.startsWith(asked)),
  looking('identity in any case', 'keeps keys under a collation that ignores case', (stored, asked) => stored.toLowerCase() === asked.toLowerCase()),
  looking('identity by pattern', 'uses LIKE, where % and _ match anything', (stored, asked) =>
    new RegExp(`^${asked.replaceAll(/[^\w%]/g, '\\$&').replaceAll('%', '.*').replaceAll('_', '.')}$`).test(stored),
  ),
  {
    name: 'identities of everybody',
    fault: 'lists by a shared partition and forgets the condition on the user',
    killedBy: ['U8'],
    plant({ stores }) {
      const all: Identity[] = []
      return overriding(stores, 'users', {
        async create(user, identity) {
          all.push(identity)
          return stores.users.create(user, identity)
        },
        identities: async () => all,
      })
    },
  },
  {
    name: 'replace upserts',
    fault: 'uses a put that creates what is not there',
    killedBy: ['U9'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async replace(change) {
          const outcome = await stores.users.replace(change)
          if (outcome !== 'absent' || (await stores.users.find(change.user.id)) !== null) return outcome
          await stores.users.create(change.user, change.identity ?? identityOf(change.user))
          return 'replaced'
        },
      })
    },
  },
  {
    name: 'replace ignores an identity not held',
    fault: 'updates the identity row where it exists, and does not look whether it did',
    killedBy: ['U10'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async replace(change) {
          const outcome = await stores.users.replace(change)
          return outcome === 'absent' ? stores.users.replace({ ...change, identity: null }) : outcome
        },
      })
    },
  },
  {
    name: 'replace ignores the attempt id',
    fault: 'compares versions only, so that a repetition looks like a lost race',
    killedBy: ['U11'],
    plant({ stores }) {
      let attempts = 0
      return overriding(stores, 'users', { replace: (change) => stores.users.replace({ ...change, attemptId: `attempt ${(attempts += 1)}` }) })
    },
  },
  {
    name: 'replace without version check',
    fault: 'writes whatever it is given over whatever is stored',
    killedBy: ['U12'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async replace(change) {
          const stored = await stores.users.find(change.user.id)
          return stores.users.replace({ ...change, user: { ...change.user, version: (stored?.version ?? 0) + 1 } })
        },
      })
    },
  },
  {
    name: 'replace reads, then writes',
    fault: 'compares the version, awaits, and writes without the condition',
    killedBy: ['U12'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async replace(change) {
          const read = await stores.users.find(change.user.id)
          if (read?.version !== change.user.version - 1) return stores.users.replace(change)
          await nextTurn()
          const now = await stores.users.find(change.user.id)
          return stores.users.replace({ ...change, user: { ...change.user, version: (now?.version ?? 0) + 1 } })
        },
      })
    },
  },
  {
    name: 'replace writes the identity first',
    fault: 'updates the identity before it knows whether the user\'s version still holds',
    killedBy: ['U13'],
    plant({ stores }) {
      const written = new Map<string, Identity>()
      return overriding(stores, 'users', {
        replace(change) {
          if (change.identity !== null) written.set(change.identity.key, change.identity)
          return stores.users.replace(change)
        },
        async findByIdentity(key) {
          const found = await stores.users.findByIdentity(key)
          return found === null ? null : { ...found, identity: written.get(key) ?? found.identity }
        },
      })
    },
  },
  {
    name: 'moveIdentity keeps the old identity',
    fault: 'adds the new key and forgets to free the old one',
    killedBy: ['U14'],
    plant({ stores }) {
      const left = new Set<string>()
      return overriding(stores, 'users', {
        async moveIdentity(move) {
          const outcome = await stores.users.moveIdentity(move)
          if (outcome === 'replaced') left.add(move.from)
          return outcome
        },
        create: async (user, identity) => (left.has(identity.key) ? 'identity-taken' : stores.users.create(user, identity)),
      })
    },
  },
  {
    name: 'moveIdentity frees the old identity too early',
    fault: 'deletes `from` before it knows that `to` is free',
    killedBy: ['U15'],
    plant({ stores }) {
      const lost = new Set<string>()
      return overriding(stores, 'users', {
        async moveIdentity(move) {
          const outcome = await stores.users.moveIdentity(move)
          if (outcome === 'identity-taken') lost.add(move.from)
          return outcome
        },
        findByIdentity: async (key) => (lost.has(key) ? null : stores.users.findByIdentity(key)),
      })
    },
  },
  {
    name: 'moveIdentity ignores the attempt id',
    fault: 'answers a repetition with changed-meanwhile',
    killedBy: ['U16'],
    plant({ stores }) {
      let attempts = 0
      return overriding(stores, 'users', { moveIdentity: (move) => stores.users.moveIdentity({ ...move, attemptId: `attempt ${(attempts += 1)}` }) })
    },
  },
  {
    name: 'moveIdentity reads, then writes',
    fault: 'asks whether `to` is free, awaits, and takes it from whoever came meanwhile',
    killedBy: ['U17'],
    plant({ stores }) {
      return overriding(stores, 'users', {
        async moveIdentity(move) {
          if ((await stores.users.findByIdentity(move.to.key)) !== null) return stores.users.moveIdentity(move)
          await nextTurn()
          const holder = await stores.users.findByIdentity(move.to.key)
          if (holder !== null) await stores.users.delete(holder.user.id)
          return stores.users.moveIdentity(move)
        },
      })
    },
  },
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
    fault: 'keeps and hands out the caller\'s own object',
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

function looking(name: string, fault: string, matches: (stored: string, asked: string) => boolean): StoreMutant {
  return {
    name,
    fault,
    killedBy: ['U7'],
    plant({ stores }) {
      const keys = new Set<string>()
      return overriding(stores, 'users', {
        async create(user, identity) {
          keys.add(identity.key)
          return stores.users.create(user, identity)
        },
        findByIdentity: async (asked) =>
          (await stores.users.findByIdentity(asked)) ?? stores.users.findByIdentity([...keys].find((stored) => matches(stored, asked)) ?? asked),
      })
    },
  }
}

function identityOf(user: User): Identity {
  return { key: `password:${user.email}`, userId: user.id, passwordHash: null, createdAt: user.createdAt }
}
