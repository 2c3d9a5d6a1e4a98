// The process of a function app: loads the entry that its package.json names, as the worker does, and serves what was registered.
// Usage: node testing/run-host.ts FOLDER [PORT]. Says where it listens. What the entry throws ends it with 1.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { azureHost } from './azure-host.ts'
import { answerCoreApi } from './core-api.ts'

const folder = resolve(process.argv[2] ?? '.')
const core = answerCoreApi()
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly main: string }
try {
  await import(pathToFileURL(join(folder, main)).href)
} catch (error) {
  // The worker tells the host of a failure only when there is a function already; without any it logs a warning, and the host serves nothing.
  const seen = core.functions.size > 0 ? 'the app failed' : 'no functions found, and the host does not say why'
  process.stderr.write(`${seen}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
core.close()
const { url } = await azureHost({ core, decodePaths: true, port: Number(process.argv[3] ?? 0) })
process.stdout.write(`Functions ${[...core.functions.keys()].join(', ')} at ${url}\n`)
