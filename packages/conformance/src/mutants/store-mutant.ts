import type { Clock, Stores } from '@sallyport/core'

/** What a fault is planted into: sound stores, and further handles on the same data that run on another clock. */
export interface Soil {
  readonly stores: Stores
  readonly clock: Clock
  handle(clock: Clock): Stores
}

/**
 * A store with one planted fault of the kind that people really write. The kit is worth as much as the faults it finds: each names the clauses that must fail on
 * it. Faults are wrappers around sound stores, so they say nothing about how a store is built.
 */
export interface StoreMutant {
  readonly name: string
  /** What the author of such a store did. */
  readonly fault: string
  readonly killedBy: readonly string[]
  /** The fault is an error that is thrown, so the clauses fail by it and not by a comparison. */
  readonly fallsOver?: true
  plant(soil: Soil): Stores
}

/** The stores with some methods of one port replaced. */
export function overriding<Port extends Exclude<keyof Stores, 'close'>>(stores: Stores, port: Port, methods: Partial<Stores[Port]>): Stores {
  return { ...stores, [port]: { ...stores[port], ...methods } }
}

/** A clock that stands `ms` beside the other. */
export function beside(clock: Clock, ms: number): Clock {
  return { now: () => clock.now() + ms }
}

/** A clock for which nothing ever expires. */
export const dawn: Clock = { now: () => 0 }
