import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Count, Hit } from '@sallyport/core'
import { beside, overriding, type StoreMutant } from './store-mutant.ts'

export const brokenCounterStores: readonly StoreMutant[] = [
  {
    name: 'the window is not aligned',
    fault: 'lets the window begin at the first hit',
    killedBy: ['C1'],
    plant({ stores, clock }) {
      const starts = new Map<string, number>()
      return overriding(stores, 'counters', {
        async count(hits) {
          const counts = await stores.counters.count(hits)
          return counts.map(({ count }, index) => {
            const { key, windowMs } = hits[index]!
            if (count === 1) starts.set(key, clock.now())
            return { count, resetsAt: (starts.get(key) ?? clock.now()) + windowMs }
          })
        },
      })
    },
  },
  {
    name: 'counts come back in another order',
    fault: 'sorts the batch by key and forgets to sort back',
    killedBy: ['C1'],
    plant: ({ stores }) => overriding(stores, 'counters', { count: async (hits) => (await stores.counters.count(hits)).toReversed() }),
  },
  {
    name: 'windows of other lengths share a count',
    fault: 'leaves the length out of the key',
    killedBy: ['C2'],
    plant({ stores }) {
      const counts = new Map<string, number>()
      return overriding(stores, 'counters', {
        async count(hits) {
          const sound = await stores.counters.count(hits)
          return sound.map(({ count, resetsAt }, index) => {
            const { key } = hits[index]!
            counts.set(key, count === 1 && hits[index]!.windowMs < 3_600_000 ? 1 : (counts.get(key) ?? 0) + 1)
            return { count: counts.get(key)!, resetsAt }
          })
        },
      })
    },
  },
  {
    name: 'the window resets late',
    fault: 'writes `<=` where `<` belongs',
    killedBy: ['C3'],
    plant: ({ stores, clock, handle }) => overriding(stores, 'counters', { count: handle(beside(clock, -1)).counters.count }),
  },
  {
    name: 'the window resets early',
    fault: 'rounds up where it should round down',
    killedBy: ['C3'],
    plant: ({ stores, clock, handle }) => overriding(stores, 'counters', { count: handle(beside(clock, 1)).counters.count }),
  },
  {
    name: 'count reads, then writes',
    fault: 'reads the count, awaits, and writes one more',
    killedBy: ['C4'],
    plant({ stores }) {
      const counts = new Map<string, number>()
      const nameOf = ({ key, windowMs }: Hit, { resetsAt }: Count) => `${key} ${windowMs} ${resetsAt}`
      return overriding(stores, 'counters', {
        async count(hits) {
          const sound = await stores.counters.count(hits)
          const answers: Count[] = []
          for (const [index, hit] of hits.entries()) {
            const name = nameOf(hit, sound[index]!)
            const read = counts.get(name) ?? 0
            await nextTurn()
            counts.set(name, read + 1)
            answers.push({ count: read + 1, resetsAt: sound[index]!.resetsAt })
          }
          return answers
        },
      })
    },
  },
  {
    name: 'equal keys in one call count once',
    fault: 'makes a set of the keys before it writes',
    killedBy: ['C5'],
    plant: ({ stores }) =>
      overriding(stores, 'counters', {
        async count(hits) {
          const distinct = [...new Map(hits.map((hit) => [`${hit.windowMs} ${hit.key}`, hit])).values()]
          const counts = await stores.counters.count(distinct)
          return hits.map((hit) => counts[distinct.findIndex(({ key, windowMs }) => key === hit.key && windowMs === hit.windowMs)]!)
        },
      }),
  },
  {
    name: 'keys are cut',
    fault: 'keeps keys in a column of 64 characters',
    killedBy: ['E15'],
    plant: ({ stores }) =>
      overriding(stores, 'counters', {
        count: (hits) => stores.counters.count(hits.map((hit) => ({ ...hit, key: hit.key.replaceAll(/\W/g, '').slice(0, 64) }))),
      }),
  },
]
