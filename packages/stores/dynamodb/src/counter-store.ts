import type { Clock, CounterStore } from '@sallyport/core'
import type { Patience } from './patience.ts'
import { n, number } from './records.ts'
import type { Table } from './table.ts'

export function dynamodbCounterStore({
  patience,
  table,
  clock,
}: {
  readonly patience: Patience
  readonly table: Table
  readonly clock: Clock
}): CounterStore {
  // The window is part of the key, so the increment needs no condition, and an old row in the table harms nobody.
  const increment = table.prepare({ UpdateExpression: 'ADD #count :hits SET #ttl = :ttl' })

  return {
    count: (hits) =>
      patience.operation(async (calls) => {
        const now = clock.now()
        const windows = hits.map(({ key, windowMs }) => {
          const window = Math.floor(now / windowMs)
          return { key: table.keys.counter(key, windowMs, window), name: `${windowMs}#${key}`, resetsAt: (window + 1) * windowMs }
        })
        // Hits on one key go in one increment: two at once would get their counts in either order.
        const totals = new Map<string, number>()
        for (const { name } of windows) totals.set(name, (totals.get(name) ?? 0) + 1)
        const counts = new Map<string, number>()
        await Promise.all(
          [...totals].map(async ([name, total]) => {
            const { key, resetsAt } = windows.find((window) => window.name === name)!
            const values = { ':hits': n(total), ':ttl': table.ttl(resetsAt) }
            const { Attributes = {} } = await calls('UpdateItem', {
              ...increment,
              Key: key,
              ExpressionAttributeValues: values,
              ReturnValues: 'UPDATED_NEW',
            })
            counts.set(name, number(Attributes, 'count') - total)
          }),
        )
        return windows.map(({ name, resetsAt }) => {
          const count = counts.get(name)! + 1
          counts.set(name, count)
          return { count, resetsAt }
        })
      }),
  }
}
