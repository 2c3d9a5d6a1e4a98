import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { costDocument } from './cost-document.ts'

it('docs/cost.md is what npm run docs writes', () => {
  expect(readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8')).toBe(costDocument())
})
