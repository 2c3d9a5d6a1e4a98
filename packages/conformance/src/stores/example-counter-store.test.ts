import { readFileSync } from 'node:fs'
import type { Clock, CounterStore } from '@sallyport/core'
import { StoreUnavailableError } from '@sallyport/core'
import { expect, it } from 'vitest'
import { describeCounterStore } from './describe-stores.ts'

// The example of docs/adding-a-store.md. It is small, but it is a whole adapter: it passes its port's kit.

// sample
/** The little of the database that the store needs, so that any client fits and tests can count the calls. */
export interface CountingClient {
  /** Adds one and answers the sum; the database may drop the row after `expiresAt`. One atomic operation. */
  increment(key: string, expiresAt: number): Promise<number>
}

export function exampleCounterStore({ client, clock }: { readonly client: CountingClient; readonly clock: Clock }): CounterStore {
  return {
    async count(hits) {
      const now = clock.now()
      return translated(() =>
        Promise.all(
          hits.map(async ({ key, windowMs }) => {
            const resetsAt = (Math.floor(now / windowMs) + 1) * windowMs
            // The window is part of the key: a new one starts at 1 whether the database has dropped the old row or not.
            return { count: await client.increment(`${windowMs}:${resetsAt}:${key}`, resetsAt), resetsAt }
          }),
        ),
      )
    },
  }
}

/** The one place where this adapter meets the client's errors. The client's message stays in `cause`, and no key gets into ours. */
async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    throw new StoreUnavailableError('the example database did not answer', { cause })
  }
}
// end of sample

function database(): { client: CountingClient; rows: Map<string, { count: number; expiresAt: number }> } {
  const rows = new Map<string, { count: number; expiresAt: number }>()
  const increment = async (key: string, expiresAt: number) => {
    const count = (rows.get(key)?.count ?? 0) + 1
    rows.set(key, { count, expiresAt })
    return count
  }
  return { client: { increment }, rows }
}

describeCounterStore('the example of the guide', {
  open: async ({ clock }) => {
    const { client, rows } = database()
    return {
      stores: { counters: exampleCounterStore({ client, clock }) },
      peek: async () => [...rows.keys()],
      sweep: async () => {
        for (const [key, { expiresAt }] of rows) if (clock.now() >= expiresAt) rows.delete(key)
      },
      close: async () => {},
    }
  },
})

it('is the example that the guide shows, and translates failures', async () => {
  const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
  const sample = lines.slice(lines.indexOf('// sample') + 1, lines.indexOf('// end of sample')).join('\n')
  expect(readFileSync(new URL('../../../../docs/adding-a-store.md', import.meta.url), 'utf8')).toContain(sample)
  const cause = new Error('ECONNREFUSED')
  const store = exampleCounterStore({ client: { increment: () => Promise.reject(cause) }, clock: { now: () => 0 } })
  await expect(store.count([{ key: 'k', windowMs: 1000 }])).rejects.toMatchObject({ code: 'store-unavailable', cause })
})
