// Prevents: documentation of routes and variables that has drifted from the tables they are made of. A test holds each file equal to what this writes.
// Usage: npm run docs
import { writeFileSync } from 'node:fs'
import { configurationDocument } from '@sallyport/composition'
import { apiDocument } from './documents/api-document.ts'
import { costDocument } from './documents/cost-document.ts'
import { problemsDocument } from './documents/problems-document.ts'

const documents: Readonly<Record<string, () => string>> = {
  'api.md': apiDocument,
  'configuration.md': configurationDocument,
  'cost.md': costDocument,
  'problems.md': problemsDocument,
}

for (const [name, write] of Object.entries(documents)) writeFileSync(new URL(`../docs/${name}`, import.meta.url), write())
