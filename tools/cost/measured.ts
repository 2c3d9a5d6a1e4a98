import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { StrategyName } from '@sallyport/core'
import type { Spent } from './meter.ts'

/** Engine, then strategy, then use case. */
export type Measured = Readonly<Record<string, Readonly<Record<StrategyName, Readonly<Record<string, Spent>>>>>>

const file = new URL('measured.json', import.meta.url)

export function measured(): Measured {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Measured) : {}
}

export function keepMeasured(engine: string, counts: Measured[string]): void {
  const all = { ...measured(), [engine]: counts }
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a.localeCompare(b)))
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`)
}
