import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { guardClauses } from './guard-clauses.ts'
import { guardMutants } from './guard-mutants.ts'
import { guardCases } from './guard-requests.ts'
import { hostedGuardClauses } from './hosted-clauses.ts'

it('guard cases and clauses stand in the README as they are in the code', () => {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const rows = [
    ...guardCases.map(({ id, what, method, path, expected }) => `| ${id} | ${what} | \`${method} ${path}\` | ${expected} |`),
    ...[...guardClauses.slice(guardCases.length), ...hostedGuardClauses].map(({ id, promise, why }) => `| ${id} | ${promise} | ${why} |`),
  ]
  expect(
    rows.filter((row) => !text.includes(row)),
    'put these rows into README.md',
  ).toEqual([])
  expect(text.match(/^\| G[A-Z]\d+ \|/gm)).toHaveLength(rows.length)
})

it('every planted fault names a clause that exists', () => {
  const ids = new Set(guardClauses.map(({ id }) => id))
  expect(guardMutants.filter(({ killedBy }) => !ids.has(killedBy))).toEqual([])
})
