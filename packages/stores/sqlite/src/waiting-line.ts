import { randomInt } from 'node:crypto'
import { StoreUnavailableError } from '@sallyport/core'
import { isBusy, storeError } from './errors.ts'

/** Work that met a lock of another process and is tried again, in the order of arrival, one at a time, each until its deadline. */
export interface WaitingLine {
  isEmpty(): boolean
  /** Rejects with `StoreUnavailableError` at the deadline, when too many wait already, and when the line closes. */
  join<T>(work: () => T): Promise<T>
  close(): void
}

/** Beyond this many a queue only makes every answer late (each holds a request open). */
const MOST_WAITING = 1000

/** The pause after a failed try, as long as SQLite's own would be but without blocking the thread. Jittered, so that processes do not try in step. */
const PAUSE_MS = { least: 1, below: 8 }

/**
 * How long one try persists. A process that writes without a pause gives the lock up for some microseconds between two of its transactions, most of
 * which is `fsync`: a try at one instant would miss them nearly every time, and wait for a second among four such processes.
 */
const PERSIST_MS = 1

/** How long the line may move on in one turn of the event loop: once the lock is free, others wait for it too, and giving it up after each write idles it. */
const TURN_MS = 10

interface Waiting {
  readonly deadline: number
  /** Tries once; hands back the error when the file is still busy, otherwise `null`: then the caller has its answer. */
  readonly attempt: () => Error | null
  readonly reject: (error: Error) => void
}

export function waitingLine({ limitMs }: { readonly limitMs: number }): WaitingLine {
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function turn(): void {
    timer = undefined
    const end = performance.now() + TURN_MS
    let busy: Error | null = null
    while (busy === null && waiting[0] !== undefined && performance.now() < end) {
      busy = persist(waiting[0].attempt)
      if (busy === null) waiting.shift()
    }
    if (busy !== null) rejectLate(busy)
    if (waiting.length > 0) timer = setTimeout(turn, busy === null ? 0 : pause())
  }

  /** Only after a try that failed: whoever's deadline passed while the line moved on still gets a turn. */
  function rejectLate(busy: Error): void {
    const now = performance.now()
    const late = waiting.filter(({ deadline }) => deadline <= now)
    waiting = waiting.filter(({ deadline }) => deadline > now)
    for (const { reject } of late) {
      reject(new StoreUnavailableError(`Another process held the lock on the SQLite file for longer than ${limitMs} ms.`, { cause: busy }))
    }
  }

  return {
    isEmpty: () => waiting.length === 0,

    join<T>(work: () => T): Promise<T> {
      if (closed) return Promise.reject(isClosed())
      if (waiting.length >= MOST_WAITING) return Promise.reject(new StoreUnavailableError('Too much work waits for a lock on the SQLite file.'))
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const attempt = (): Error | null => {
        try {
          resolve(work())
        } catch (error) {
          if (isBusy(error)) return error
          reject(storeError(error))
        }
        return null
      }
      waiting.push({ deadline: performance.now() + limitMs, attempt, reject })
      timer ??= setTimeout(turn, pause())
      return promise
    },

    close() {
      closed = true
      clearTimeout(timer)
      for (const { reject } of waiting.splice(0)) reject(isClosed())
    },
  }
}

function persist(attempt: () => Error | null): Error | null {
  const end = performance.now() + PERSIST_MS
  let busy = attempt()
  while (busy !== null && performance.now() < end) busy = attempt()
  return busy
}

function pause(): number {
  return randomInt(PAUSE_MS.least, PAUSE_MS.below)
}

function isClosed(): StoreUnavailableError {
  return new StoreUnavailableError('The SQLite store is closed.')
}
