import { ratioOf, type Ratio, type Series } from './measure.ts'

/** The unit of a figure: a ratio unless told. */
export type Unit = '' | ' ms' | ' kB' | ' MiB'

export interface Figure {
  readonly name: string
  readonly ratio: Ratio
}

/** A line of the table: what we promise, what it came to, and what the best of the others comes to on the same scale. */
export interface Row {
  /** Number of the goal; the rows of one goal stand together. */
  readonly goal: number
  readonly what: string
  /** A text where nothing was measured: why, and what would have to be there. */
  readonly ours: Ratio | string
  /** Absent where a figure is context and nothing was promised. */
  readonly bound?: { readonly atLeast: number } | { readonly atMost: number } | { readonly within: readonly [number, number] }
  readonly unit?: Unit
  readonly bestPeer?: Figure
}

/** Every candidate of a group against the same baseline, for the reader who wants more than the goals. */
export interface Details {
  readonly title: string
  readonly base: string
  readonly rows: readonly { readonly name: string; readonly ratio: Ratio; readonly cpuMicroseconds: number | null }[]
}

export interface GroupReport {
  readonly rows: readonly Row[]
  readonly details: readonly Details[]
}

export function detailsOf(title: string, base: string, results: ReadonlyMap<string, Series>): Details {
  const rows = [...results.values()].map(({ name, rates, cpuMicroseconds }) => ({
    name,
    ratio: ratioOf(rates),
    cpuMicroseconds: cpuMicroseconds.length === 0 ? null : ratioOf(cpuMicroseconds).median,
  }))
  return { title, base, rows }
}

export function isMeasured({ ours }: Row): boolean {
  return typeof ours !== 'string'
}

export function isMet({ ours, bound }: Row): boolean {
  if (typeof ours === 'string') return false
  if (bound === undefined) return true
  if ('atLeast' in bound) return ours.median >= bound.atLeast
  if ('atMost' in bound) return ours.median <= bound.atMost
  return ours.median >= bound.within[0] && ours.median <= bound.within[1]
}

const HEADINGS = ['goal', 'what', 'Sallyport: median (min-max)', 'goal value', '', 'best peer'] as const

/** The one table, as Markdown that also reads well in a terminal. */
export function goalTable(rows: readonly Row[]): string {
  return table(
    HEADINGS,
    rows
      .toSorted((a, b) => a.goal - b.goal)
      .map((row) => [
        String(row.goal),
        row.what,
        typeof row.ours === 'string' ? row.ours : spread(row.ours, row.unit),
        boundText(row),
        verdict(row),
        row.bestPeer === undefined ? '' : `${row.bestPeer.name}: ${spread(row.bestPeer.ratio, row.unit)}`,
      ]),
  )
}

export function detailTable({ base, rows }: Details): string {
  return table(
    ['candidate', `relative to ${base}`, 'CPU µs each'],
    rows.map(({ name, ratio, cpuMicroseconds }) => [name, spread(ratio), cpuMicroseconds === null ? '' : digits(cpuMicroseconds)]),
  )
}

export function spread({ median, least, most }: Ratio, unit: Unit = ''): string {
  return least === most ? `${digits(median)}${unit}` : `${digits(median)}${unit} (${digits(least)}-${digits(most)})`
}

function verdict(row: Row): string {
  if (!isMeasured(row)) return '**not measured**'
  if (row.bound === undefined) return ''
  return isMet(row) ? 'met' : '**missed**'
}

function boundText({ bound, unit = '' }: Row): string {
  if (bound === undefined) return ''
  if ('atLeast' in bound) return `>= ${bound.atLeast}${unit}`
  if ('atMost' in bound) return `<= ${digits(bound.atMost)}${unit}`
  return `${bound.within[0]}-${bound.within[1]}`
}

function digits(value: number): string {
  if (value === 0) return '0'
  if (value >= 100) return value.toFixed(0)
  if (value >= 10) return value.toFixed(1)
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(2)
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, 3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(headings), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
