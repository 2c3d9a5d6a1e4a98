import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SigningKey } from '@sallyport/core'
import { overriding, type StoreMutant } from './store-mutant.ts'

export const brokenKeyStores: readonly StoreMutant[] = [
  {
    name: 'key insert overwrites',
    fault: 'puts the generation without the condition',
    killedBy: ['K1', 'K3'],
    plant({ stores }) {
      const last = new Map<number, SigningKey>()
      return overriding(stores, 'keys', {
        async insert(key) {
          await stores.keys.insert(key)
          last.set(key.generation, key)
          return 'inserted'
        },
        list: async () => (await stores.keys.list()).map((key) => last.get(key.generation) ?? key),
      })
    },
  },
  {
    name: 'key insert does not know its own write',
    fault: 'answers exists to a repetition',
    killedBy: ['K2'],
    plant: ({ stores }) =>
      overriding(stores, 'keys', {
        insert: async (key) =>
          (await stores.keys.list()).some(({ generation }) => generation === key.generation) ? 'exists' : stores.keys.insert(key),
      }),
  },
  {
    name: 'key insert brings a retired private key back',
    fault: 'puts the row again when the kid is its own',
    killedBy: ['K2'],
    plant({ stores }) {
      const again = new Map<number, SigningKey>()
      return overriding(stores, 'keys', {
        async insert(key) {
          const known = (await stores.keys.list()).some(({ kid }) => kid === key.kid)
          if (known) again.set(key.generation, key)
          return stores.keys.insert(key)
        },
        list: async () => (await stores.keys.list()).map((key) => again.get(key.generation) ?? key),
      })
    },
  },
  {
    name: 'key insert reads, then writes',
    fault: 'asks whether the generation is absent, awaits, and inserts',
    killedBy: ['K3'],
    plant: ({ stores }) =>
      overriding(stores, 'keys', {
        async insert(key) {
          const taken = (await stores.keys.list()).some(({ generation, kid }) => generation === key.generation && kid !== key.kid)
          await nextTurn()
          await stores.keys.insert(key)
          return taken ? 'exists' : 'inserted'
        },
      }),
  },
  {
    name: 'keys in the order of text',
    fault: 'sorts 10 before 9',
    killedBy: ['K4'],
    plant: ({ stores }) =>
      overriding(stores, 'keys', {
        list: async () => (await stores.keys.list()).toSorted((a, b) => String(a.generation).localeCompare(String(b.generation))),
      }),
  },
  {
    name: 'retired keys are not listed',
    fault: 'filters, so that the next generation is counted from too few',
    killedBy: ['K4', 'K7'],
    plant: ({ stores }) => overriding(stores, 'keys', { list: async () => (await stores.keys.list()).filter(({ retiredAt }) => retiredAt === null) }),
  },
  {
    name: 'promote postpones',
    fault: 'sets the instant without looking whether it is earlier',
    killedBy: ['K5'],
    plant({ stores }) {
      const activeFrom = new Map<number, number>()
      return overriding(stores, 'keys', {
        async promote(generation, at) {
          activeFrom.set(generation, at)
          return stores.keys.promote(generation, at)
        },
        list: async () => (await stores.keys.list()).map((key) => ({ ...key, activeFrom: activeFrom.get(key.generation) ?? key.activeFrom })),
      })
    },
  },
  {
    name: 'promote reaches a retired key',
    fault: 'writes the row without the condition',
    killedBy: ['K6'],
    plant: ({ stores }) =>
      overriding(stores, 'keys', {
        promote: async (generation, at) =>
          (await stores.keys.promote(generation, at)) || (await stores.keys.list()).some((key) => key.generation === generation),
      }),
  },
  {
    name: 'retire keeps the private part',
    fault: 'sets the instant and leaves the rest',
    killedBy: ['K7'],
    plant({ stores }) {
      const kept = new Map<number, string | null>()
      return overriding(stores, 'keys', {
        async insert(key) {
          const outcome = await stores.keys.insert(key)
          if (!kept.has(key.generation)) kept.set(key.generation, key.wrappedPrivateKey)
          return outcome
        },
        list: async () => (await stores.keys.list()).map((key) => ({ ...key, wrappedPrivateKey: kept.get(key.generation) ?? null })),
      })
    },
  },
  {
    name: 'retire moves the instant',
    fault: 'writes the instant every time',
    killedBy: ['K8'],
    plant({ stores }) {
      const retiredAt = new Map<number, number>()
      return overriding(stores, 'keys', {
        async retire(generation, at) {
          retiredAt.set(generation, at)
          return stores.keys.retire(generation, at)
        },
        list: async () => (await stores.keys.list()).map((key) => ({ ...key, retiredAt: retiredAt.get(key.generation) ?? key.retiredAt })),
      })
    },
  },
]
