import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { storeClauses } from './store-clauses.ts'

const ports = new URL('../../../core/src/ports/', import.meta.url)
const readme = new URL('../../README.md', import.meta.url)

/** The ids that the ports' documentation cites, in brackets: `(S5, S6)`, `(see S3)`. */
function citedIds(): Set<string> {
  const texts = readdirSync(ports)
    .filter((file) => file.endsWith('-store.ts'))
    .map((file) => readFileSync(new URL(file, ports), 'utf8'))
  return new Set(texts.flatMap((text) => text.match(/\b[USTCK]\d+\b/g) ?? []))
}

describe('store clauses', () => {
  it('prove every promise that the ports cite, and the ports cite every clause but the edges (E)', () => {
    const ids = storeClauses.map(({ id }) => id).filter((id) => !id.startsWith('E'))
    expect(new Set(ids)).toEqual(citedIds())
    expect(ids.length).toBeGreaterThan(60)
  })

  it('have an id each, numbered without gaps', () => {
    const ids = storeClauses.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const letter of ['U', 'S', 'T', 'C', 'K', 'E']) {
      const numbers = ids.filter((id) => id.startsWith(letter)).map((id) => Number(id.slice(1)))
      expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1))
    }
  })

  it('stand in the README as they are in the code', () => {
    const text = readFileSync(readme, 'utf8')
    const rows = storeClauses.map(({ id, promise, why }) => `| ${id} | ${promise} | ${why} |`)
    const missing = rows.filter((row) => !text.includes(row))
    expect(missing, 'put these rows into README.md').toEqual([])
    expect(text.match(/^\| [USTCKE]\d+ \|/gm)).toHaveLength(rows.length)
  })
})
