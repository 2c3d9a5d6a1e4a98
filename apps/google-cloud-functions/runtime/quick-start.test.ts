import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findEmulator } from '../../../packages/stores/datastore/testing/start-emulator.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const run = promisify(execFile)

const found = findEmulator('datastore')
if ('missing' in found) process.stderr.write(`\nSKIPPED: the quick start for Google. ${found.missing}\n`)

/** The lines under a mark in docs/quick-start-google.md. */
function lines(mark: string): string {
  const page = readFileSync(`${ROOT}docs/quick-start-google.md`, 'utf8')
  const [, text] = new RegExp(`<!-- tried: ${mark} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(page) ?? []
  if (text === undefined) throw new Error(`The page has nothing marked ${mark}.`)
  return text
}

describe.skipIf('missing' in found)('the quick start for Google, as printed', () => {
  let output = ''
  let end = async (): Promise<void> => {}

  beforeAll(async () => {
    // A group of its own, because npm passes no signal on.
    const local = spawn('npm', ['run', 'local', '--workspace', '@sallyport/google-cloud-functions'], { cwd: ROOT, detached: true })
    const gone = once(local, 'close')
    end = async () => {
      process.kill(-local.pid!, 'SIGTERM')
      await gone
    }
    const ready = new Promise<void>((resolve) => {
      for (const stream of [local.stdout, local.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
          if (output.includes('Ctrl-C ends both')) resolve()
        })
      }
    })
    await Promise.race([ready, gone.then(() => Promise.reject(new Error(output)))])
  })
  afterAll(() => end())

  test('prints what the page says', async () => {
    const { stdout } = await run('sh', ['-c', lines('local')])
    const [refused, empty, registered, post = '', created, ...rest] = stdout.trim().split('\n')
    expect([refused, empty, registered, created, ...rest]).toEqual(['401', '{"posts":[]}', '201', '201', '403', '204', '401'])
    expect(JSON.parse(post)).toMatchObject({ title: 'First', text: 'Of many.' })
  })
})
