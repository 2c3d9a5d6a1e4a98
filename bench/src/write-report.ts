import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { readFileSync, writeFileSync } from 'node:fs'
import { detailTable, goalTable, isMeasured, isMet, type GroupReport } from './report.ts'

const FILE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))

/** The page a reader sees, from the same data as the table in the terminal. */
export function writeReport(reports: readonly GroupReport[], load: number): void {
  const rows = reports.flatMap((report) => report.rows)
  const missed = rows.filter((row) => isMeasured(row) && !isMet(row))
  const absent = rows.filter((row) => !isMeasured(row))
  const details = reports.flatMap((report) => report.details)
  const sections = [
    '# Performance',
    'Written by `npm run bench -- --write`; how it is measured stands in [bench/README.md](../bench/README.md). Each figure is a ratio of things measured side by side in one run, as median (least-most) over its rounds; only what has a unit is absolute.',
    `Measured on Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${process.platform} ${process.arch}, load average before the run ${load.toFixed(1)}, with ${versions()}.`,
    '## Goals',
    goalTable(rows),
    missed.length === 0
      ? 'Every goal is met in this run.'
      : `Missed in this run: ${missed.map(({ goal, what }) => `goal ${goal}, ${what}`).join('; ')}.`,
    ...(absent.length === 0
      ? []
      : [`**Not measured**, because something was not there: ${absent.map(({ goal, what }) => `goal ${goal}, ${what}`).join('; ')}.`]),
    '## Every candidate',
    'CPU time is that of the whole process with all its threads, and context only: it depends on the machine.',
    ...details.flatMap((detail) => [`### ${detail.title}`, detailTable(detail)]),
  ]
  writeFileSync(FILE, `${sections.join('\n\n')}\n`)
  console.log('written to docs/performance.md')
}

const PEERS = [
  'better-auth',
  '@auth/core',
  '@auth/dynamodb-adapter',
  '@redis/client',
  'hono',
  'jose',
  'fast-jwt',
  'aws-jwt-verify',
  'jsonwebtoken',
] as const
/** The clients of the stores, by the package that pins them. */
const CLIENTS = [
  ['@aws-sdk/client-dynamodb', 'packages/stores/dynamodb'],
  ['ioredis', 'packages/stores/redis'],
  ['@google-cloud/datastore', 'packages/stores/datastore'],
] as const

function versions(): string {
  const pinned = [...PEERS.map((name) => [name, 'bench'] as const), ...CLIENTS]
  return pinned.map(([name, folder]) => `${name} ${dependenciesOf(folder)[name] ?? 'unknown'}`).join(', ')
}

function dependenciesOf(folder: string): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(`../../${folder}/package.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> }).dependencies
}
