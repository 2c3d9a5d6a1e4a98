import type { Clock, Instant } from '@sallyport/core'

/**
 * A clock that moves only when told. It starts ten years ahead of this machine's, so that a database's own expiry (which runs on real time) never removes a row
 * during a clause, and a store that asks the machine instead of this clock never sees anything expire: both would be found out.
 */
export class TestClock implements Clock {
  #now: Instant

  constructor(now: Instant = Date.now() + 10 * 365 * 24 * 60 * 60 * 1000) {
    this.#now = now
  }

  now(): Instant {
    return this.#now
  }

  advance(ms: number): void {
    this.#now += ms
  }

  moveTo(instant: Instant): void {
    this.#now = instant
  }
}
