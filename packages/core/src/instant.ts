/**
 * A point in time: whole milliseconds since 1970-01-01T00:00:00Z. A number and not a `Date`, so that a record in a store, in memory and in a
 * JSON answer is the same value, cannot be changed by whoever holds it, and compares with `<` (docs/decisions/0003-instants-are-numbers.md).
 */
export type Instant = number

export const SECOND: number = 1000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE
export const DAY: number = 24 * HOUR
