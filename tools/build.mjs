// Prevents: a start that drowns three useful lines in a build tool's banner. Runs the builds through turbo without telemetry.
// Usage: node tools/build.mjs [--quiet] [turbo argument …]; with --quiet only a failed build says anything.
import { spawnSync } from 'node:child_process'

const quiet = process.argv.includes('--quiet')
const turboArguments = process.argv.slice(2).filter((argument) => argument !== '--quiet')
const run = spawnSync('turbo', ['run', 'build', '--output-logs=errors-only', ...turboArguments], {
  encoding: 'utf8',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  shell: process.platform === 'win32',
  stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
})
if (run.error !== undefined) console.error(`turbo did not run (${run.error.message}); is the install complete?`)
if (run.status !== 0 && quiet) process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}`)
process.exit(run.status ?? 1)
