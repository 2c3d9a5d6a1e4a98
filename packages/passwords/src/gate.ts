import { OverloadedError, type Clock } from '@sallyport/core'

export interface GateStatistics {
  readonly running: number
  readonly queued: number
  /** Since the start. */
  readonly completed: number
  readonly refused: number
  readonly mostAtOnce: number
}

export interface Gate {
  /**
   * Runs the work when its turn comes, first come, first served.
   * @throws OverloadedError (`overloaded`) when the queue is full or the gate is closed.
   */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Refuses new work from now on; settles when the accepted work is done. Twice: the same. */
  close(): Promise<void>
  statistics(): GateStatistics
}

/** What one hash is taken to cost before the first one has been measured. */
const FIRST_ESTIMATE_MS = 100
const LONGEST_RETRY_SECONDS = 60

/**
 * Hashes share the cores with every other request. More at once than cores makes none of them faster and makes everybody else wait; an unbounded
 * queue answers people who have already left.
 */
export const gate = ({ concurrency, maxQueue, clock }: { readonly concurrency: number; readonly maxQueue: number; readonly clock: Clock }): Gate => {
  const waiting: (() => void)[] = []
  let running = 0
  let mostAtOnce = 0
  let completed = 0
  let refused = 0
  let meanMs = FIRST_ESTIMATE_MS
  let closing: PromiseWithResolvers<void> | null = null

  const refuse = (message: string): never => {
    refused += 1
    const waitMs = ((running + waiting.length) / concurrency) * meanMs
    throw new OverloadedError(message, Math.min(Math.max(Math.ceil(waitMs / 1000), 1), LONGEST_RETRY_SECONDS))
  }

  const enter = async (): Promise<void> => {
    if (closing !== null) refuse('Password hashing is shutting down')
    if (running < concurrency) {
      running += 1
      mostAtOnce = Math.max(mostAtOnce, running)
      return
    }
    if (waiting.length >= maxQueue) refuse('Too many passwords are waiting to be hashed')
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  // The place is handed to the next in line without becoming free in between: nobody can overtake.
  const leave = (): void => {
    const next = waiting.shift()
    if (next !== undefined) return next()
    running -= 1
    if (running === 0) closing?.resolve()
  }

  return {
    async run(work) {
      await enter()
      const startedAt = clock.now()
      try {
        return await work()
      } finally {
        completed += 1
        meanMs += (Math.max(clock.now() - startedAt, 0) - meanMs) / 8
        leave()
      }
    },

    close() {
      closing ??= Promise.withResolvers<void>()
      if (running === 0) closing.resolve()
      return closing.promise
    },

    statistics: () => ({ running, queued: waiting.length, completed, refused, mostAtOnce }),
  }
}
