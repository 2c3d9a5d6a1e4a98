import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallyport/core'
import { sqliteStores } from '@sallyport/store-sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { seedUser } from '../testing/samples.ts'
import { runStore } from '../testing/store-run.ts'
import type { ImportProgress } from './import-progress.ts'

const main = new URL('main.ts', import.meta.url).pathname
let directory: string
const at = (name: string): string => join(directory, name)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function run(
  argv: readonly string[],
  whileRunning: (kill: () => void) => Promise<void> = async () => {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, ['--conditions=sallyport-source', main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const gone = once(child, 'close') as Promise<[number | null]>
  await whileRunning(() => child.kill('SIGKILL'))
  const [code] = await gone
  return { code, output }
}

it('ends with 0, or with a sentence and a code that say why not', async () => {
  expect(await run([])).toMatchObject({ code: 0, output: expect.stringContaining('usage: ') as string })
  expect(await run(['export', '--from', 'redis://:secret@h:port'])).toEqual({
    code: 78,
    output: 'sallyport: A Redis is written as redis://HOST:PORT/DATABASE.\n',
  })
  const { code, output } = await run(['export', '--from', 'redis://:secret@127.0.0.1:1'])
  expect(code).toBe(69)
  expect(output).not.toContain('secret')
})

it('goes on after a kill -9 in the middle of an import', async () => {
  const source = sqliteStores({ path: at('source.db'), clock: systemClock, synchronous: 'normal' })
  for (let count = 0; count < 2000; count++) await seedUser(source)
  await source.close()
  await runStore(['export', '--from', `sqlite:${at('source.db')}`, '--file', at('users'), '--sessions'])
  const argv = ['import', '--to', `sqlite:${at('target.db')}`, '--file', at('users'), '--sessions', '--verify']
  const progress = (): ImportProgress | null =>
    existsSync(at('users.progress')) ? (JSON.parse(readFileSync(at('users.progress'), 'utf8')) as ImportProgress) : null
  const killed = await run(argv, async (kill) => {
    while ((progress()?.counts.users ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    kill()
  })
  expect(killed.code).toBeNull()
  expect(progress()?.counts.users).toBeLessThan(2000)
  expect(await run(argv)).toEqual({
    code: 0,
    output:
      'imported: 2000 users, 2000 sessions, 0 keys; 0 conflicts\nverified: 2000 users, 2000 sessions, 0 keys are as in the file; 0 differ or are missing\n',
  })
})
