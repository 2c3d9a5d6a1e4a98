import type { Clock, Count, CounterStore, Hit } from '@sallyport/core'
import { counterKey, type MemoryKeyspace } from './keyspace.ts'

/** A full keyspace refuses keys it has not counted yet; those it has go on counting, so that a flood of made-up keys frees nobody from a limit. */
export function memoryCounterStore({ keyspace, clock }: { readonly keyspace: MemoryKeyspace; readonly clock: Clock }): CounterStore {
  const { counters } = keyspace

  function hit({ key, windowMs }: Hit): Count {
    const now = clock.now()
    const resetsAt = (Math.floor(now / windowMs) + 1) * windowMs
    const id = counterKey(key, windowMs)
    let row = counters.get(id)
    if (row === undefined) {
      row = { key, count: 0, resetsAt }
      counters.set(id, row)
    }
    if (now >= row.resetsAt) {
      row.count = 0
      row.resetsAt = resetsAt
    }
    row.count += 1
    return { count: row.count, resetsAt: row.resetsAt }
  }

  return { count: async (hits) => hits.map(hit) }
}
