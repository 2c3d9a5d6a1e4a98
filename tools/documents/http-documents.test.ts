import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { apiDocument } from './api-document.ts'
import { problemsDocument } from './problems-document.ts'

it.each([
  ['problems.md', problemsDocument],
  ['api.md', apiDocument],
])('docs/%s is what the tables say; `npm run docs` writes it', (name, write) => {
  expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')).toBe(write())
})
