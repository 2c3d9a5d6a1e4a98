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

/** The pause between two tries, in which the event loop serves everything else. Jittered, so that processes do not try in step. */
const PAUSE_MS = { least: 10, most: 40 }

interface Waiting {
  readonly deadline: number
  lastBusy: unknown
  /** `false`: still busy. */
  readonly attempt: () => boolean
  readonly reject: (error: Error) => void
}

export function waitingLine({ limitMs }: { readonly limitMs: number }): WaitingLine {
  const waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function schedule(milliseconds: number): void {
    timer = setTimeout(turn, milliseconds)
  }

  function turn(): void {
    timer = undefined
    const done = waiting[0]?.attempt() === true
    if (done) waiting.shift()
    // Judged after the try: who waits gets at least one.
    const now = performance.now()
    for (let head = waiting[0]; head !== undefined && head.deadline <= now; head = waiting[0]) {
      waiting.shift()
      head.reject(busyFor(limitMs, head.lastBusy))
    }
    if (waiting.length > 0) schedule(done ? 0 : randomInt(PAUSE_MS.least, PAUSE_MS.most))
  }

  return {
    isEmpty: () => waiting.length === 0,

    join<T>(work: () => T): Promise<T> {
      if (closed) return Promise.reject(isClosed())
      if (waiting.length >= MOST_WAITING) return Promise.reject(new StoreUnavailableError('Too much work waits for a lock on the SQLite file.'))
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const entry: Waiting = {
        deadline: performance.now() + limitMs,
        lastBusy: undefined,
        reject,
        attempt() {
          try {
            resolve(work())
          } catch (error) {
            if (isBusy(error)) {
              entry.lastBusy = error
              return false
            }
            reject(storeError(error))
          }
          return true
        },
      }
      waiting.push(entry)
      if (timer === undefined) schedule(randomInt(PAUSE_MS.least, PAUSE_MS.most))
      return promise
    },

    close() {
      closed = true
      clearTimeout(timer)
      timer = undefined
      for (const { reject } of waiting.splice(0)) reject(isClosed())
    },
  }
}

function busyFor(limitMs: number, cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError(`Another process held the lock on the SQLite file for longer than ${limitMs} ms.`, { cause })
}

function isClosed(): StoreUnavailableError {
  return new StoreUnavailableError('The SQLite store is closed.')
}
