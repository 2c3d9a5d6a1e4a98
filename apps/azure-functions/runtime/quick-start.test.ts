import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withRedis } from '../../../packages/stores/redis/testing/harness.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const run = promisify(execFile)

/** The lines under a mark in docs/quick-start-azure.md. */
function lines(mark: string): string {
  const page = readFileSync(`${ROOT}docs/quick-start-azure.md`, 'utf8')
  const [, found] = new RegExp(`<!-- tried: ${mark} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(page) ?? []
  if (found === undefined) throw new Error(`The page has nothing marked ${mark}.`)
  return found
}

withRedis('the quick start for Azure, as printed', () => {
  let output = ''
  let end = async (): Promise<void> => {}

  beforeAll(async () => {
    // A group of its own, because npm passes no signal on.
    const local = spawn('npm', ['run', 'local', '--workspace', '@sallyport/azure-functions'], { cwd: ROOT, detached: true })
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

  it('prints what the page says', async () => {
    const { stdout } = await run('sh', ['-c', lines('local')])
    const [refused, empty, registered, post = '', created, ...rest] = stdout.trim().split('\n')
    expect([refused, empty, registered, created, ...rest]).toEqual(['401', '{"posts":[]}', '201', '201', '403', '204', '401'])
    expect(JSON.parse(post)).toMatchObject({ title: 'First', text: 'Of many.' })
  })

  it('bundles and packs what is deployed', async () => {
    await run('sh', ['-ec', `${lines('bundle')}\nunzip -tq api.zip && unzip -tq posts.zip`], { cwd: ROOT })
  })
})
