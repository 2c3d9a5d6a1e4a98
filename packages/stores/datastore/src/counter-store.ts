import type { Clock, CounterStore } from '@sallyport/core'
import type { Database } from './database.ts'
import { insert, update } from './entity.ts'
import { counterKey, nameOf } from './keyspace.ts'

/**
 * All hits in one conditional commit, on what this instance knows of them, and side by side with it a look: a window begins again and again, and other instances
 * count in it too, so that neither alone is right often enough. Datastore could add without reading (property transforms), but neither of its emulators can, so it
 * could not be tested; and an addition whose answer is lost would count twice just the same.
 */
export function datastoreCounterStore({ database, clock }: { readonly database: Database; readonly clock: Clock }): CounterStore {
  return {
    async count(hits) {
      if (hits.length === 0) return []
      const now = clock.now()
      const counted = hits.map(({ key, windowMs }) => {
        const resetsAt = (Math.floor(now / windowMs) + 1) * windowMs
        return { key, resetsAt, entity: counterKey(key, windowMs, resetsAt) }
      })
      // In one order everywhere, so that two commits never wait for one another.
      const distinct = [...new Map(counted.map((each) => [nameOf(each.entity), each])).values()].toSorted((a, b) =>
        nameOf(a.entity) < nameOf(b.entity) ? -1 : 1,
      )
      return database.change(
        distinct.map(({ entity }) => entity),
        (stored) => {
          const counts = new Map(distinct.map(({ entity }, index) => [nameOf(entity), stored[index]?.record.count ?? 0]))
          const result = counted.map(({ entity, resetsAt }) => {
            const count = (counts.get(nameOf(entity)) ?? 0) + 1
            counts.set(nameOf(entity), count)
            return { count, resetsAt }
          })
          const writes = distinct.map(({ key, resetsAt, entity }, index) => {
            const record = { key, count: counts.get(nameOf(entity)) ?? 0, resetsAt }
            const before = stored[index] ?? null
            return before === null ? insert(entity, record) : update(before, record)
          })
          return { writes, result }
        },
        { stored: distinct.map(({ entity }) => database.recall(entity)), isDoubtful: true },
      )
    },
  }
}
