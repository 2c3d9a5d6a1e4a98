import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withRedis } from '../../../packages/stores/redis/testing/harness.ts'
import { quickStartLines } from '../testing/quick-start-lines.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const run = promisify(execFile)

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
    const { stdout } = await run('sh', ['-c', quickStartLines('local')])
    const [refused, empty, registered, post = '', created, ...rest] = stdout.trim().split('\n')
    expect([refused, empty, registered, created, ...rest]).toEqual(['401', '{"posts":[]}', '201', '201', '403', '204', '401'])
    expect(JSON.parse(post)).toMatchObject({ title: 'First', text: 'Of many.' })
  })

  it('gives the role, by the Redis that the first terminal printed', async () => {
    const [, port = ''] = /^Redis at redis:\/\/127\.0\.0\.1:(\d+)$/m.exec(output) ?? []
    const { stdout } = await run('sh', ['-c', `{\n${quickStartLines('local')}} >/dev/null\n${quickStartLines('roles').replaceAll('PORT', port)}`], {
      cwd: ROOT,
    })
    const [event = '', ...rest] = stdout.trim().split('\n')
    expect([JSON.parse(event), ...rest]).toEqual([expect.objectContaining({ name: 'user.changed', reason: 'roles' }), '204'])
  })

  it('bundles and packs what is deployed, and leaves the shell where it was', async () => {
    const check = 'for APP in api posts; do unzip -tq apps/azure-functions/dist/functions/$APP.zip; done; pwd'
    const { stdout } = await run('sh', ['-ec', `${quickStartLines('bundle')}\n${check}`], { cwd: ROOT })
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(ROOT.replace(/\/$/, ''))
  })
})
