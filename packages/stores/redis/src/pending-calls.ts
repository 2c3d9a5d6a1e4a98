import { StoreUnavailableError } from '@sallyport/core'

/** The calls under way: each until its deadline, and not more than so many at once. ioredis bounds neither: it queues without end while there is no connection. */
export interface PendingCalls {
  /** Rejects with `StoreUnavailableError` at the deadline (by `performance.now()`), when too many are under way already, and when closed. */
  join<T>(call: () => Promise<T>, deadline: number): Promise<T>
  /** How many are under way, the one that is just being made included. */
  size(): number
  /** Those under way go on. */
  close(): void
}

/** How exact deadlines are kept. One timer for all of them costs a tenth of what a timer for each call does. */
const TICK_MS = 25

interface Waiting {
  readonly deadline: number
  readonly reject: (error: Error) => void
}

export function pendingCalls({ limit, deadlineMs }: { readonly limit: number; readonly deadlineMs: number }): PendingCalls {
  const waiting = new Set<Waiting>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function tick(): void {
    const now = performance.now()
    for (const late of waiting) {
      if (late.deadline > now) continue
      waiting.delete(late)
      late.reject(new StoreUnavailableError(`Redis did not answer within ${deadlineMs} ms.`))
    }
    timer = waiting.size > 0 ? setTimeout(tick, TICK_MS) : undefined
  }

  return {
    join<T>(call: () => Promise<T>, deadline: number): Promise<T> {
      if (closed) return Promise.reject(new StoreUnavailableError('The Redis store is closed.'))
      if (waiting.size >= limit) return Promise.reject(new StoreUnavailableError('Too many calls wait for Redis.'))
      return new Promise<T>((resolve, reject) => {
        const entry = { deadline, reject }
        waiting.add(entry)
        timer ??= setTimeout(tick, TICK_MS)
        call().then(
          (reply) => {
            waiting.delete(entry)
            resolve(reply)
          },
          (error: unknown) => {
            waiting.delete(entry)
            reject(error instanceof Error ? error : new Error('The client rejected with something that is no error.', { cause: error }))
          },
        )
      })
    },

    size: () => waiting.size,

    close() {
      closed = true
    },
  }
}
