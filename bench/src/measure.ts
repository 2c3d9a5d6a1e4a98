import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** One thing that is done again and again. An asynchronous one is awaited, one after the other unless more may be under way. */
export interface Candidate {
  readonly name: string
  readonly run: () => unknown
  readonly asynchronous?: boolean
  /** How many of an asynchronous one are under way at once: 1 when left out. */
  readonly underWay?: number
}

/** A ratio over the rounds of one run. */
export interface Ratio {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Series {
  readonly name: string
  /** Rates relative to the baseline around each slice; one for every round. */
  readonly rates: readonly number[]
  /** Process CPU time of one operation in microseconds, over all threads; one for every round. */
  readonly cpuMicroseconds: readonly number[]
}

export interface Effort {
  readonly rounds: number
  readonly sliceMs: number
  /** Of each candidate; 120 when left out. */
  readonly warmUpMs?: number
}

/** What one slice of work came to. */
export interface Slice {
  readonly rate: number
  /** `null` where it is not known. */
  readonly cpuMicroseconds: number | null
}

const WARM_UP_MS = 120

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as (options: { type: 'minor' }) => void

/**
 * Each slice of a candidate runs between two slices of the baseline, the first of the names, and is judged by their mean, so that a machine that speeds
 * up, slows down or is shared hits both alike. Every round starts with another candidate.
 */
export async function interleaveSlices(
  [base, ...candidates]: readonly [string, ...string[]],
  rounds: number,
  sliceOf: (name: string) => Promise<Slice>,
): Promise<ReadonlyMap<string, Series>> {
  const results = new Map([base, ...candidates].map((name) => [name, { name, rates: [] as number[], cpuMicroseconds: [] as number[] }]))
  const record = (name: string, rate: number, { cpuMicroseconds }: Slice): void => {
    results.get(name)?.rates.push(rate)
    if (cpuMicroseconds !== null) results.get(name)?.cpuMicroseconds.push(cpuMicroseconds)
  }
  for (let round = 0; round < rounds; round++) {
    const start = round % candidates.length
    let before = await sliceOf(base)
    record(base, 1, before)
    for (const name of [...candidates.slice(start), ...candidates.slice(0, start)]) {
      const own = await sliceOf(name)
      const after = await sliceOf(base)
      record(name, (2 * own.rate) / (before.rate + after.rate), own)
      before = after
    }
  }
  return results
}

/** Candidates that run in this process; the first is the baseline. */
export async function interleave(
  base: Candidate,
  candidates: readonly Candidate[],
  { rounds, sliceMs, warmUpMs = WARM_UP_MS }: Effort,
): Promise<ReadonlyMap<string, Series>> {
  const all = new Map([base, ...candidates].map((candidate) => [candidate.name, candidate]))
  const counts = new Map<Candidate, number>()
  for (const candidate of all.values()) counts.set(candidate, await operationsIn(candidate, { sliceMs, warmUpMs }))
  return interleaveSlices([base.name, ...candidates.map(({ name }) => name)], rounds, (name) => {
    const candidate = all.get(name) ?? base
    return slice(candidate, counts.get(candidate) ?? 1)
  })
}

/** How often it is done in a slice; the warm-up of the candidate at the same time. */
async function operationsIn(candidate: Candidate, { sliceMs, warmUpMs }: { readonly sliceMs: number; readonly warmUpMs: number }): Promise<number> {
  let count = 1
  let fastest = 0
  for (const until = performance.now() + warmUpMs; performance.now() < until; count *= 2)
    fastest = Math.max(fastest, (await slice(candidate, count)).rate)
  return Math.max(1, Math.round((fastest * sliceMs) / 1000))
}

async function slice({ run, asynchronous, underWay = 1 }: Candidate, count: number): Promise<Slice> {
  collectGarbage({ type: 'minor' })
  const cpu = process.cpuUsage()
  const started = performance.now()
  let last: unknown
  if (underWay > 1) last = await manyAtOnce(run, count, underWay)
  else if (asynchronous === true) for (let i = 0; i < count; i++) last = await run()
  else for (let i = 0; i < count; i++) last = run()
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  keep(last)
  return { rate: count / seconds, cpuMicroseconds: (user + system) / count }
}

/** As many callers as may be under way, each of which begins the next when its own is answered. */
async function manyAtOnce(run: Candidate['run'], count: number, underWay: number): Promise<unknown> {
  let left = count
  let last: unknown
  const caller = async (): Promise<void> => {
    while (left-- > 0) last = await run()
  }
  await Promise.all(Array.from({ length: underWay }, caller))
  return last
}

let kept: unknown
/** The last result of each slice is looked at, so that no compiler may leave the work out. */
function keep(value: unknown): void {
  kept = value
  if (kept === process) throw new Error('unreachable')
}

export function ratioOf(values: readonly number[]): Ratio {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN }
}

/** Round by round, so that what two series have in common cancels out. */
export function dividedBy(values: readonly number[], others: readonly number[]): Ratio {
  return ratioOf(values.map((value, index) => value / (others[index] ?? Number.NaN)))
}

export function seriesOf(results: ReadonlyMap<string, Series>, name: string): Series {
  const series = results.get(name)
  if (series === undefined) throw new Error(`There is no candidate "${name}"`)
  return series
}
