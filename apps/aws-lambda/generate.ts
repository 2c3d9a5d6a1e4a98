// Writes the templates from the route tables of the API and the sample function; a test holds the files to it.
// Usage: npm run generate -w apps/aws-lambda
import { writeFileSync } from 'node:fs'
import { templateFiles } from './templates/template-files.ts'

for (const { path, text } of templateFiles()) writeFileSync(new URL(path, import.meta.url), text)
