import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { httpScenarios } from '../http/describe-http.ts'
import { domainClauses } from './domain-clauses.ts'
import { domainMutants } from './domain-mutants.ts'

describe.each([
  ['D', domainClauses],
  ['H', httpScenarios],
])('clauses %s', (letter, clauses: readonly { readonly id: string; readonly promise: string; readonly why: string }[]) => {
  it('have an id each, numbered without gaps', () => {
    expect(clauses.map(({ id }) => Number(id.slice(1))).toSorted((a, b) => a - b)).toEqual(clauses.map((_, index) => index + 1))
    expect(clauses.every(({ id }) => id.startsWith(letter))).toBe(true)
  })

  it('stand in the README as they are in the code', () => {
    const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = clauses.map(({ id, promise, why }) => `| ${id} | ${promise} | ${why} |`)
    expect(
      rows.filter((row) => !text.includes(row)),
      'put these rows into README.md',
    ).toEqual([])
    expect(text.match(new RegExp(`^\\| ${letter}\\d+ \\|`, 'gm'))).toHaveLength(rows.length)
  })
})

describe('domain mutants', () => {
  it('are killed by clauses that exist', () => {
    const ids = new Set(domainClauses.map(({ id }) => id))
    for (const { killedBy } of domainMutants) expect(killedBy.every((id) => ids.has(id))).toBe(true)
  })
})
