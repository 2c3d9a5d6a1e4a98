// Prevents: every newcomer's `npm install` carrying linters and benchmark peers that only some tasks need.
// Installs the package in <folder> when its lock file differs from the one installed last, then runs one of its commands from the root, if given.
// Usage: node tools/install-on-demand.mjs <folder> [command [argument …]]
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const windows = process.platform === 'win32'
const [folder, command, ...commandArguments] = process.argv.slice(2)
if (folder === undefined || !existsSync(join(folder, 'package.json'))) {
  console.error('usage: node tools/install-on-demand.mjs <folder with a package.json> [command …]')
  process.exit(2)
}

const lockFile = join(folder, 'package-lock.json')
const stampFile = join(folder, 'node_modules', '.installed-lock')
const lock = existsSync(lockFile) ? readFileSync(lockFile) : readFileSync(join(folder, 'package.json'))
const wanted = createHash('sha256').update(lock).digest('hex')
const installed = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''

if (installed !== wanted) {
  console.error(`installing ${folder} (once per change of its lock file)`)
  const npmArguments = [existsSync(lockFile) ? 'ci' : 'install', '--prefix', resolve(folder), '--no-audit', '--no-fund', '--loglevel', 'error']
  const npm = spawnSync('npm', npmArguments, { cwd: folder, shell: windows, stdio: ['ignore', 'ignore', 'inherit'] })
  if (npm.status !== 0) {
    console.error(`npm could not install ${folder}`)
    process.exit(npm.status ?? 1)
  }
  writeFileSync(stampFile, wanted)
}

if (command !== undefined) {
  const binaries = resolve(folder, 'node_modules', '.bin')
  const env = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` }
  const run = spawnSync(join(binaries, command), commandArguments, { env, shell: windows, stdio: 'inherit' })
  if (run.error !== undefined) console.error(run.error.message)
  process.exit(run.status ?? 1)
}
