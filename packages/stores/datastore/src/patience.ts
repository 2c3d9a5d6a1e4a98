import { randomInt } from 'node:crypto'
import { SallyportError } from '@sallyport/core'
import { failureOf, noAnswer, storeError, type Failure } from './errors.ts'

/** How long one step (a read, or a read with its commit) goes on trying. */
export interface PatienceOptions {
  /** From the first call to the error that the caller gets. */
  readonly deadlineMs: number
  /** For one call. */
  readonly callTimeoutMs: number
}

/** Counts the tries of one step. */
export interface Patience {
  /** One call, which rejects when it takes too long; what the client does with it afterwards is its own business. */
  call<T>(work: (timeoutMs: number) => Promise<T>): Promise<T>
  /**
   * Waits for a moment and tells what kind of failure it was; throws the error for the caller when it is final or the tries are used up. The conflict of a `guess`
   * is no crowd: nobody waits for it.
   */
  wait(error: unknown, call: 'read' | 'commit' | 'guess'): Promise<Failure>
}

/**
 * A conflict means that somebody else got on, so that among n callers each waits for n - 1 at worst; fifty that increment one counter take ten
 * tries at most. A database that fails is left alone sooner.
 */
const TRIES: Record<Failure, number> = { conflict: 24, unknown: 4, throttled: 4, final: 1 }

/** Full jitter: the pause is anything up to twice the one before, so that callers who met once do not meet again. */
const PAUSE_MS = { first: 10, most: 400 }

export function patience({ deadlineMs, callTimeoutMs }: PatienceOptions): Patience {
  const end = performance.now() + deadlineMs
  const tries: Record<Failure, number> = { conflict: 0, unknown: 0, throttled: 0, final: 0 }

  return {
    async call(work) {
      const timeoutMs = Math.ceil(Math.min(callTimeoutMs, end - performance.now()))
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(noAnswer(timeoutMs)), timeoutMs)
      })
      try {
        // The client's timeout covers the call on the wire; ours also what it does before, such as fetching an access token.
        return await Promise.race([work(timeoutMs), late])
      } finally {
        clearTimeout(timer)
      }
    },

    async wait(error, call) {
      if (SallyportError.is(error)) throw error
      const failure = failureOf(error, call === 'read' ? 'read' : 'commit')
      tries[failure] += 1
      const isCrowded = call !== 'guess' || failure !== 'conflict'
      const pause = isCrowded ? randomInt(1 + Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** tries[failure])) : 0
      if (tries[failure] >= TRIES[failure] || performance.now() + pause >= end) throw storeError(error)
      if (pause > 0) {
        await new Promise((resolve) => {
          setTimeout(resolve, pause)
        })
      }
      return failure
    },
  }
}
