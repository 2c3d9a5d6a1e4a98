// `npm run test:integration`: the suites of the three distributed stores on real engines, in containers or as local processes, and a table of what ran where.
// Usage: [SALLYPORT_ENGINES=auto|containers|processes] npm run test:integration [-- part of a file's path …]
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startVitest } from 'vitest/node'
import { choosePlaces, STORES, type Places } from './choose-places.ts'
import { tableReporter } from './table-reporter.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

function chosenFiles(parts: readonly string[]): readonly string[] {
  const files = globSync(`packages/stores/{${STORES.join(',')}}/src/{conformance*,domain,races,multi-process}.test.ts`, { cwd: root })
  const chosen = files.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  // Vitest would take none for all.
  if (chosen.length === 0) throw new Error(`no suite has ${parts.join(' or ')} in its path`)
  return chosen
}

async function run(files: readonly string[], places: Places): Promise<void> {
  const engineImages = Object.fromEntries(Object.entries(places).flatMap(([store, place]) => ('image' in place ? [[store, place.image]] : [])))
  const inContainers = Object.keys(engineImages).length > 0
  if (inContainers) {
    const installed = spawnSync(process.execPath, ['tools/install-on-demand.mjs', 'tools/integration'], { cwd: root, stdio: 'inherit' })
    if (installed.status !== 0) throw new Error('testcontainers could not be installed; SALLYPORT_ENGINES=processes does without')
  }
  const vitest = await startVitest([...files], {
    root,
    config: fileURLToPath(new URL('../../vitest.config.ts', import.meta.url)),
    run: true,
    watch: false,
    reporters: ['dot', tableReporter(places)],
    // Engines start with each file, and the first start of an image takes longer.
    hookTimeout: 120_000,
    provide: { engineImages },
    ...(inContainers ? { setupFiles: [fileURLToPath(new URL('containers.ts', import.meta.url))] } : {}),
  })
  await vitest.close()
}

try {
  await run(chosenFiles(process.argv.slice(2)), choosePlaces(process.env['SALLYPORT_ENGINES'] ?? 'auto'))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
