/**
 * What befalls one request on its way from an adapter to its database, told apart by what the adapter may know afterwards.
 * - `refused`, `throttled`: the database did nothing, and said so or was not reached.
 * - `lost-answer`: the database did it, and the answer never came.
 * - `hang`: nothing was done, and nobody ever answers.
 * - `slow`: done and answered, late but within the adapter's deadline.
 */
export type FaultKind = 'refused' | 'lost-answer' | 'hang' | 'slow' | 'throttled'

/** Breaks requests of one opened store. */
export interface Faults {
  /** Befalls the next `times` requests (one when left out, `Infinity` until `clear`), after letting `skip` of them pass. Replaces what was planned before. */
  next(kind: FaultKind, times?: number, skip?: number): void
  /** From now on every request passes. */
  clear(): void
}

export interface FaultPlan extends Faults {
  /** What befalls the request that comes now; counts it. */
  due(): FaultKind | null
}

/** The counting that every harness needs: what is planned, and for how many requests it still holds. */
export function faultPlan(): FaultPlan {
  let planned: { readonly kind: FaultKind; times: number; skip: number } | null = null
  return {
    next: (kind, times = 1, skip = 0) => {
      planned = { kind, times, skip }
    },
    clear: () => {
      planned = null
    },
    due() {
      if (planned === null || planned.skip-- > 0 || planned.times-- <= 0) return null
      return planned.kind
    },
  }
}
