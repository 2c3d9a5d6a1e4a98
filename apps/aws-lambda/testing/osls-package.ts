import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const app = fileURLToPath(new URL('../', import.meta.url))

export interface PackageOptions {
  /** `node_modules` with osls. */
  readonly modules: string
  /** Where the app was built. */
  readonly functions: string
  /** Of the app, such as `serverless.yml`. */
  readonly file: string
  /** What stands in it; what is committed when left out. */
  readonly text?: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface Package {
  /** The template of CloudFormation that `osls deploy` would send. */
  readonly templateFile: string
  readonly template: { readonly Resources: Readonly<Record<string, CloudFormationResource>> }
  /** The archive of each function, as bytes. */
  archive(name: string): Buffer
  remove(): void
}

export interface CloudFormationResource {
  readonly Type: string
  readonly Properties: { readonly [name: string]: unknown }
}

/** What `osls package` makes of a file, without an account and without a network. Throws with what osls has said. */
export function oslsPackage({ modules, functions, file, text, parameters }: PackageOptions): Package {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-package-'))
  cpSync(functions, join(folder, 'dist/functions'), { recursive: true })
  writeFileSync(join(folder, file), text ?? readFileSync(join(app, file)))
  symlinkSync(modules, join(folder, 'node_modules'))
  const given = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`])
  const run = spawnSync(process.execPath, ['node_modules/osls/bin/serverless.js', 'package', '--config', file, '--package', 'out', ...given], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    encoding: 'utf8',
  })
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  if (run.status !== 0) {
    remove()
    throw new Error(`osls does not package ${file}: ${run.stdout}${run.stderr}`)
  }
  const templateFile = join(folder, 'out/cloudformation-template-update-stack.json')
  return {
    templateFile,
    template: JSON.parse(readFileSync(templateFile, 'utf8')) as Package['template'],
    archive: (name) => readFileSync(join(folder, `out/${name}.zip`)),
    remove,
  }
}
