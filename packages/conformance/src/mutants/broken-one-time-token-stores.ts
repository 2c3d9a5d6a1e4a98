import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OneTimeToken } from '@sallyport/core'
import { beside, dawn, overriding, type StoreMutant } from './store-mutant.ts'

export const brokenOneTimeTokenStores: readonly StoreMutant[] = [
  {
    name: 'a token loses its payload',
    fault: 'loses a field in the codec',
    killedBy: ['T1'],
    plant: ({ stores }) => overriding(stores, 'oneTimeTokens', { issue: (token) => stores.oneTimeTokens.issue({ ...token, payload: null }) }),
  },
  {
    name: 'an old token survives a newer one',
    fault: 'keys tokens by their hash, so that all of them live',
    killedBy: ['T2'],
    plant({ stores }) {
      const older = new Map<string, OneTimeToken>()
      return overriding(stores, 'oneTimeTokens', {
        issue(token) {
          older.set(token.hash, token)
          return stores.oneTimeTokens.issue(token)
        },
        async consume(key) {
          const used = await stores.oneTimeTokens.consume(key)
          const token = older.get(key.hash)
          older.delete(key.hash)
          return used ?? (token?.userId === key.userId && token.purpose === key.purpose ? token : null)
        },
      })
    },
  },
  {
    name: 'token expiry off by one',
    fault: 'writes `<=` where `<` belongs: usable AT the instant of expiry',
    killedBy: ['T3'],
    plant: ({ stores, clock, handle }) => overriding(stores, 'oneTimeTokens', { consume: handle(beside(clock, -1)).oneTimeTokens.consume }),
  },
  {
    name: 'token expiry left to the database',
    fault: 'trusts that an expired row is gone',
    killedBy: ['T3'],
    plant: ({ stores, handle }) => overriding(stores, 'oneTimeTokens', { consume: handle(dawn).oneTimeTokens.consume }),
  },
  {
    name: 'a wrong hash burns the token',
    fault: 'deletes first and compares afterwards',
    killedBy: ['T4'],
    plant: ({ stores }) =>
      overriding(stores, 'oneTimeTokens', {
        async consume(key) {
          const token = await stores.oneTimeTokens.consume(key)
          if (token === null) await stores.oneTimeTokens.endAll(key.userId)
          return token
        },
      }),
  },
  {
    name: 'a token works for another purpose',
    fault: 'keys tokens by user and hash, and does not look what they are for',
    killedBy: ['T4'],
    plant({ stores }) {
      const purposes = new Map<string, OneTimeToken['purpose']>()
      return overriding(stores, 'oneTimeTokens', {
        issue(token) {
          purposes.set(token.hash, token.purpose)
          return stores.oneTimeTokens.issue(token)
        },
        consume: (key) => stores.oneTimeTokens.consume({ ...key, purpose: purposes.get(key.hash) ?? key.purpose }),
      })
    },
  },
  {
    name: 'a token can be used twice',
    fault: 'finds the token and forgets to mark it',
    killedBy: ['T5', 'T7'],
    plant({ stores }) {
      return overriding(stores, 'oneTimeTokens', { consume: (key) => stores.oneTimeTokens.consume({ ...key, attemptId: 'the same for all' }) })
    },
  },
  {
    name: 'consume forgets who used the token',
    fault: 'deletes it, so that a repetition after a lost answer finds nothing',
    killedBy: ['T6'],
    plant({ stores }) {
      let attempts = 0
      return overriding(stores, 'oneTimeTokens', {
        consume: (key) => stores.oneTimeTokens.consume({ ...key, attemptId: `attempt ${(attempts += 1)}` }),
      })
    },
  },
  {
    name: 'the attempt id opens without the hash',
    fault: 'looks a repetition up by its attempt alone',
    killedBy: ['T6'],
    plant({ stores }) {
      const used = new Map<string, OneTimeToken>()
      return overriding(stores, 'oneTimeTokens', {
        async consume(key) {
          const token = used.get(key.attemptId) ?? (await stores.oneTimeTokens.consume(key))
          if (token !== null) used.set(key.attemptId, token)
          return token
        },
      })
    },
  },
  {
    name: 'consume reads, then writes',
    fault: 'asks whether the token is unused, awaits, and marks it',
    killedBy: ['T7'],
    plant({ stores }) {
      const used = new Set<string>()
      return overriding(stores, 'oneTimeTokens', {
        async consume(key) {
          const first = !used.has(key.hash)
          await nextTurn()
          const token = await stores.oneTimeTokens.consume(first ? { ...key, attemptId: 'whoever read first' } : key)
          if (token !== null) used.add(key.hash)
          return token
        },
      })
    },
  },
  {
    name: 'endAll forgets a purpose',
    fault: 'lists the purposes by hand and misses one',
    killedBy: ['T8'],
    plant({ stores }) {
      const changes = new Map<string, OneTimeToken>()
      return overriding(stores, 'oneTimeTokens', {
        issue(token) {
          if (token.purpose === 'change-email') changes.set(token.userId, token)
          return stores.oneTimeTokens.issue(token)
        },
        async endAll(userId) {
          const left = changes.get(userId)
          await stores.oneTimeTokens.endAll(userId)
          if (left !== undefined) await stores.oneTimeTokens.issue(left)
        },
      })
    },
  },
  {
    name: 'endAll of tokens by prefix',
    fault: 'deletes every key that begins with the user id',
    killedBy: ['T9'],
    plant({ stores }) {
      const users = new Set<string>()
      return overriding(stores, 'oneTimeTokens', {
        issue(token) {
          users.add(token.userId)
          return stores.oneTimeTokens.issue(token)
        },
        async endAll(asked) {
          for (const userId of users) if (userId.startsWith(asked)) await stores.oneTimeTokens.endAll(userId)
        },
      })
    },
  },
  {
    name: 'a token works for any user',
    fault: 'looks it up by its hash alone',
    killedBy: ['T9'],
    plant({ stores }) {
      const owners = new Map<string, string>()
      return overriding(stores, 'oneTimeTokens', {
        issue(token) {
          owners.set(token.hash, token.userId)
          return stores.oneTimeTokens.issue(token)
        },
        consume: (key) => stores.oneTimeTokens.consume({ ...key, userId: owners.get(key.hash) ?? key.userId }),
      })
    },
  },
  {
    name: 'issuing again revives a used token',
    fault: 'puts the row whatever is there',
    killedBy: ['E13'],
    plant: ({ stores }) =>
      overriding(stores, 'oneTimeTokens', {
        async issue(token) {
          await stores.oneTimeTokens.endAll(token.userId)
          await stores.oneTimeTokens.issue(token)
        },
      }),
  },
]
