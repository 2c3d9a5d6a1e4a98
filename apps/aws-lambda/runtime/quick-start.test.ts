import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingDynamodbLocal } from '../../../packages/stores/dynamodb/testing/start-dynamodb-local.ts'
import { SECRETS } from '../templates/functions.ts'
import { startChild, type Child } from '../testing/child-process.ts'
import { serverlessOffline } from '../testing/install-runtime.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)
const offline = serverlessOffline()
const missing = (await missingDynamodbLocal()) ?? offline.missing

/** The lines under a mark in docs/quick-start-aws.md. */
function lines(mark: string): string {
  const page = readFileSync(join(root, 'docs/quick-start-aws.md'), 'utf8')
  const [, found] = new RegExp(`<!-- tried: ${mark} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(page) ?? []
  if (found === undefined) throw new Error(`The page has nothing marked ${mark}.`)
  return found
}

if (missing !== null) it(`the quick start for AWS: ${missing}`, ({ skip }) => skip(missing))
else
  describe('the quick start for AWS, as printed', () => {
    let local: Child
    let store = ''
    // What is ended from outside clears nothing away.
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-quick-start-'))

    beforeAll(async () => {
      local = startChild(['--conditions=sallyport-source', 'testing/run-local.ts'], join(root, 'apps/aws-lambda'), { TMPDIR: folder })
      const [, line = ''] = await local.seen(/Ctrl-C ends everything\.\n(STORE='.*')\n/)
      store = line
    })
    afterAll(async () => {
      await local.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    it('prints what the page says', async () => {
      const { stdout } = await run('sh', ['-c', `${store}\n${lines('local')}${lines('roles')}`], { cwd: root })
      const [refused, empty, registered, post = '', created, forbidden, signedOut, gone, audit = '', deleted] = stdout.trim().split('\n')
      expect([refused, empty, registered, created, forbidden, signedOut, gone]).toEqual(['401', '{"posts":[]}', '201', '201', '403', '204', '401'])
      expect(JSON.parse(post)).toMatchObject({ title: 'First', text: 'Of many.' })
      expect(JSON.parse(audit)).toMatchObject({ name: 'user.changed', reason: 'roles' })
      expect(deleted).toBe('204')
    })

    it('makes a secret of three members that cannot be guessed', async () => {
      // In the place of the AWS CLI somebody who tells what was handed over.
      const { stdout } = await run('sh', ['-c', `aws() { cat; }\n${lines('secret')}`])
      const secrets = JSON.parse(stdout) as Record<string, string>
      expect(Object.keys(secrets)).toEqual([...SECRETS])
      expect(new Set(Object.values(secrets)).size).toBe(3)
      for (const secret of Object.values(secrets)) expect(Buffer.from(secret, 'base64')).toHaveLength(32)
    })

    it('bundles and packages what is deployed, without an account', async () => {
      // The page takes osls from the registry; here it is installed already.
      const command = lines('package').replace('npx --yes osls@4.3.1', `"${process.execPath}" "${offline.modules}/osls/bin/serverless.js"`)
      expect(command).not.toBe(lines('package'))
      await run('sh', ['-ec', command], { cwd: root, env: { PATH: process.env['PATH'], SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' } })
      const output = join(root, 'apps/aws-lambda/.serverless')
      const template = JSON.parse(readFileSync(join(output, 'cloudformation-template-update-stack.json'), 'utf8')) as { Resources: object }
      expect(template.Resources).toHaveProperty('AuthorizerLambdaFunction')
      rmSync(output, { recursive: true, force: true })
    })
  })
