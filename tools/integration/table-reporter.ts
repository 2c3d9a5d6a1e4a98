import type { Reporter, TestCase } from 'vitest/node'
import { STORES, type Places, type Store } from './choose-places.ts'

const SUITES = ['conformance', 'domain', 'races'] as const
type Suite = (typeof SUITES)[number]

interface Row {
  readonly store: Store
  readonly passed: Record<Suite, number>
  failed: number
  skipped: number
  readonly why: Set<string>
}

/** The engines that must have a row, so that one whose suites never ran shows as noughts. */
const ENGINES: Readonly<Record<string, Store>> = {
  Redis: 'redis',
  'Redis cluster': 'redis',
  'DynamoDB Local': 'dynamodb',
  'Datastore emulator': 'datastore',
  'Firestore emulator': 'datastore',
}

/** Prints one table at the end: which engine ran where, and how many clauses of each suite passed, failed and were skipped, with the reasons. */
export function tableReporter(places: Places): Reporter {
  return {
    onTestRunEnd(modules) {
      const rows = new Map(Object.entries(ENGINES).map(([engine, store]) => [engine, emptyRow(store)]))
      for (const module of modules) {
        // A file that fails before its tests, because its engine did not start, say.
        if (module.errors().length > 0) rows.get(engineOf(module.moduleId))!.failed++
        for (const test of module.children.allTests()) count(rows.get(engineOf(module.moduleId, test.fullName))!, suiteOf(module.moduleId), test)
      }
      process.stdout.write(`\n${table([HEAD, ...[...rows].map(([engine, row]) => cells(engine, row, places[row.store]))])}\n`)
    },
  }
}

const HEAD = ['engine', 'ran in', ...SUITES, 'failed', 'skipped and why']

function emptyRow(store: Store): Row {
  return { store, passed: { conformance: 0, domain: 0, races: 0 }, failed: 0, skipped: 0, why: new Set() }
}

function count(row: Row, suite: Suite, test: TestCase): void {
  const result = test.result()
  if (result.state === 'passed') row.passed[suite]++
  else if (result.state === 'skipped') {
    row.skipped++
    row.why.add(result.note ?? test.name)
  } else row.failed++
}

function engineOf(file: string, test = ''): string {
  const store = STORES.find((each) => file.includes(`/stores/${each}/`))
  const name = `${file} ${test}`
  if (store === 'redis') return /redis cluster/i.test(name) ? 'Redis cluster' : 'Redis'
  if (store === 'dynamodb') return 'DynamoDB Local'
  return /firestore/i.test(name) ? 'Firestore emulator' : 'Datastore emulator'
}

function suiteOf(file: string): Suite {
  return SUITES.find((suite) => file.includes(`/src/${suite}`)) ?? 'races'
}

function cells(engine: string, { passed, failed, skipped, why }: Row, place: Places[Store]): string[] {
  const where = 'image' in place ? `container ${place.image}` : `local process (${place.why})`
  return [engine, where, ...SUITES.map((suite) => String(passed[suite])), String(failed), skipped === 0 ? '0' : `${skipped}: ${[...why].join('; ')}`]
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
