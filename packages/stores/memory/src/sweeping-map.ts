import { StoreUnavailableError, type Clock, type Instant } from '@sallyport/core'

export interface SweepingMapOptions<Value> {
  /** What the rows are, in the plural, for the message of the error. */
  readonly rows: string
  readonly limit: number
  readonly clock: Clock
  /** Whether the row serves nobody any more. */
  isDead(value: Value, now: Instant): boolean
  /** Runs after the clean-up removed a row, never after `delete`. */
  onSwept?(value: Value): void
}

export interface SweepingMap<Value> {
  readonly size: number
  get(key: string): Value | undefined
  /** Throws `StoreUnavailableError` when the key is new and the map is full of living rows: rows in force are never given up for new ones. */
  set(key: string, value: Value): void
  delete(key: string): boolean
  entries(): IterableIterator<[string, Value]>
  /** Removes every dead row. */
  sweep(): void
}

const STEPS_PER_WRITE = 2
const STEPS_WHEN_FULL = 1000

/**
 * A map that cleans up after itself without a timer: every new row moves a hand on by two rows and drops the dead ones under it. So a row is gone at most half a
 * round of writes after its death, the map holds at most about twice the living, and no single write pays for all of it.
 */
export function sweepingMap<Value>({ rows, limit, clock, isDead, onSwept }: SweepingMapOptions<Value>): SweepingMap<Value> {
  const map = new Map<string, Value>()
  let hand = map.entries()

  function advance(steps: number): void {
    const now = clock.now()
    for (let step = 0; step < steps; step += 1) {
      const next = hand.next()
      if (next.done === true) hand = map.entries()
      else drop(next.value, now)
    }
  }

  function drop([key, value]: [string, Value], now: Instant): void {
    if (!isDead(value, now)) return
    map.delete(key)
    onSwept?.(value)
  }

  return {
    get size() {
      return map.size
    },
    get: (key) => map.get(key),
    set(key, value) {
      if (!map.has(key)) {
        advance(STEPS_PER_WRITE)
        if (map.size >= limit) advance(STEPS_WHEN_FULL)
        if (map.size >= limit) throw new StoreUnavailableError(`the memory store holds ${limit} ${rows}, its limit`, { retryAfterSeconds: 60 })
      }
      map.set(key, value)
    },
    delete: (key) => map.delete(key),
    entries: () => map.entries(),
    sweep() {
      const now = clock.now()
      for (const entry of map.entries()) drop(entry, now)
    },
  }
}
