// Prevents: documentation of routes and variables that has drifted from the tables they are made of. A test holds each file equal to what this writes.
// Usage: node --conditions=sallyport-source tools/generate-docs.ts
import { writeFileSync } from 'node:fs'
import { configurationDocument } from '@sallyport/composition'

const documents: Readonly<Record<string, () => string>> = {
  'configuration.md': configurationDocument,
}

for (const [name, write] of Object.entries(documents)) writeFileSync(new URL(`../docs/${name}`, import.meta.url), write())
