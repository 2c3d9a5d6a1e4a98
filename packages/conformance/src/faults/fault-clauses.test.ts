import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faultClauses } from './fault-clauses.ts'

describe('fault clauses', () => {
  it('have an id each, numbered without gaps', () => {
    expect(faultClauses.map(({ id }) => id)).toEqual(faultClauses.map((_, index) => `F${index + 1}`))
  })

  it('stand in the README as they are in the code', () => {
    const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = faultClauses.map(({ id, promise, why }) => `| ${id} | ${promise} | ${why} |`)
    expect(
      rows.filter((row) => !text.includes(row)),
      'put these rows into README.md',
    ).toEqual([])
    expect(text.match(/^\| F\d+ \|/gm)).toHaveLength(rows.length)
  })
})
