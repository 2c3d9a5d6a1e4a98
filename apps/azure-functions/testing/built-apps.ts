import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface BuiltApps {
  readonly api: string
  readonly posts: string
  remove(): void
}

/** Both function apps as `npm run build` bundles them, in a folder of their own. */
export function builtApps(): BuiltApps {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-azure-'))
  execFileSync(process.execPath, ['build.ts', folder], { cwd: new URL('..', import.meta.url).pathname })
  return { api: join(folder, 'api'), posts: join(folder, 'posts'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
