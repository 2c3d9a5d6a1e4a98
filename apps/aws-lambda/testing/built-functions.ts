import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const app = fileURLToPath(new URL('../', import.meta.url))

/** What `build.ts` makes now, in a folder of its own. */
export function builtFunctions(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-functions-'))
  execFileSync(process.execPath, ['build.ts', folder], { cwd: app, stdio: ['ignore', 'ignore', 'inherit'] })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
