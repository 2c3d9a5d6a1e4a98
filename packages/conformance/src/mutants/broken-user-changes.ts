import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Identity, User } from '@sallyport/core'
import { overriding, type StoreMutant } from './store-mutant.ts'

/** Conditional replacement, and moving an identity. */
export const brokenUserChanges: readonly StoreMutant[] = [
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
    fault: "updates the identity before it knows whether the user's version still holds",
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
]

function identityOf(user: User): Identity {
  return { key: `password:${user.email}`, userId: user.id, passwordHash: null, createdAt: user.createdAt }
}
