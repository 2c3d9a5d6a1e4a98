// `npm run check`: everything that must hold before a change is merged, cheapest first, stopping at the first failure. A step that passes prints
// one line, a step that fails prints all it said. Usage: node tools/check.mjs [--cheap] (without bench and tests)
import { spawnSync } from 'node:child_process'

const cheap = ['typecheck', 'lint', 'format:check', 'boundaries', 'unused', 'check:packages']
const steps = process.argv.includes('--cheap') ? cheap : [...cheap, 'typecheck:bench', 'test']

for (const step of steps) {
  const started = performance.now()
  const run = spawnSync('npm', ['run', '--silent', step], {
    encoding: 'utf8',
    env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' }) },
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (run.status !== 0) {
    process.stdout.write(`${run.stdout ?? ''}${run.stderr ?? ''}`)
    console.error(`\nfailed: ${step} (${seconds} s); run it alone with \`npm run ${step}\``)
    process.exit(1)
  }
  const last = run.stdout.trim().split('\n').at(-1) ?? ''
  console.log(`ok ${step} (${seconds} s)${last === '' ? '' : `: ${last.trim()}`}`)
}
