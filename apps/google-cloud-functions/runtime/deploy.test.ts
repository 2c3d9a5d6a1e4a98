import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runDeploys } from '../testing/run-deploy.ts'

const GCLOUD = 'gcloud'
const gcloud = spawnSync(GCLOUD, ['--version'], { stdio: 'ignore' }).status === 0
if (!gcloud) process.stderr.write('\nSKIPPED: the commands of deploy.sh before the real gcloud. Get it: https://cloud.google.com/sdk/docs/install\n')

describe.skipIf(!gcloud)('gcloud itself', () => {
  test('understands every command of deploy.sh, and stops only for want of an account', { timeout: 240_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-gcloud-'))
    try {
      // Nobody is signed in here, so that each command is read to its end and then goes nowhere.
      const env = { PATH: process.env['PATH'], CLOUDSDK_CONFIG: folder, CLOUDSDK_CORE_DISABLE_PROMPTS: '1' }
      const runs = runDeploys([{ GATEWAY: 'yes' }, { GATEWAY: 'yes', ROTATE: 'password-pepper' }, { CHANGE: 'yes', ROTATE: 'password-pepper' }])
      expect(runs.map(({ failure }) => failure)).toEqual([null, null, null])
      // One of each kind, whatever it is done to.
      const kindOf = (call: readonly string[]): string => call.map((each) => each.replace(/sallyport-[\w-]+|=.*/, '')).join(' ')
      const commands = new Map(runs.flatMap(({ calls }) => calls).map((call) => [kindOf(call), call]))
      for (const [name, call] of commands) {
        // A file that deploy.sh has removed again.
        const { stderr } = spawnSync(
          GCLOUD,
          call.map((each) => (each.startsWith('--openapi-spec=') ? `--openapi-spec=${import.meta.filename}` : each)),
          {
            env,
            encoding: 'utf8',
            input: 'nothing',
          },
        )
        expect(stderr, name).toMatch(/do not currently have an active account/)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
