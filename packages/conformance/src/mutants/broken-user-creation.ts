import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Identity } from '@sallyport/core'
import { overriding, type StoreMutant } from './store-mutant.ts'

/** Registering, and reading back. */
export const brokenUserCreation: readonly StoreMutant[] = [
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
        create: async (user, identity) =>
          (await stores.users.findByIdentity(identity.key)) === null ? stores.users.create(user, identity) : 'identity-taken',
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
    fallsOver: true,
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
    new RegExp(
      `^${asked
        .replaceAll(/[^\w%]/g, '\\$&')
        .replaceAll('%', '.*')
        .replaceAll('_', '.')}$`,
    ).test(stored),
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
    name: 'user create forgets the roles',
    fault: 'loses a field in the codec',
    killedBy: ['U1'],
    plant: ({ stores }) => overriding(stores, 'users', { create: (user, identity) => stores.users.create({ ...user, roles: [] }, identity) }),
  },
  rekeying('identity keys are cut', 'keeps keys in a column of 255 characters', 'E2', (key) => key.slice(0, 255)),
  rekeying('identity keys are normalised', 'folds keys on the way in, and so two addresses into one', 'E3', (key) => key.normalize('NFKC')),
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

function rekeying(name: string, fault: string, killer: string, fold: (key: string) => string): StoreMutant {
  return {
    name,
    fault,
    killedBy: [killer],
    plant({ stores }) {
      const given = new Map<string, string>()
      return overriding(stores, 'users', {
        create(user, identity) {
          given.set(user.id, identity.key)
          return stores.users.create(user, { ...identity, key: fold(identity.key) })
        },
        async findByIdentity(key) {
          const found = await stores.users.findByIdentity(fold(key))
          return found === null ? null : { ...found, identity: { ...found.identity, key: given.get(found.user.id) ?? key } }
        },
      })
    },
  }
}
