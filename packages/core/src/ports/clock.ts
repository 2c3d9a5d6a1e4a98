import type { Instant } from '../instant.ts'

/** The only source of the time of day. Stores, strategies and limits judge expiry by it, never by a database's own clock or TTL. */
export interface Clock {
  now(): Instant
}

export const systemClock: Clock = { now: () => Date.now() }
