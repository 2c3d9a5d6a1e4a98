import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallyport/core'
import { tableDefinition } from '@sallyport/store-dynamodb'
import { sqliteStores } from '@sallyport/store-sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { withEmulator } from '../../../packages/stores/datastore/testing/emulator.ts'
import { freshName, onDynamodbLocal } from '../../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { withRedis } from '../../../packages/stores/redis/testing/harness.ts'
import { redisCluster, redisServer, type RedisServer } from '../../../packages/stores/redis/testing/redis-server.ts'
import { seedUser } from '../testing/samples.ts'
import { runStore } from '../testing/store-run.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-provision-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const describeTable = async (...flags: string[]): Promise<string> =>
  (await runStore(['describe', '--store', 'dynamodb', '--table', 'sallyport', ...flags])).stdout
const CAPACITY = ['--read-capacity', '5', '--write-capacity', '6']
const NAMES = ['--partition-key', 'PK', '--sort-key', 'SK', '--ttl-attribute', 'Until', '--listing-attribute', 'List', '--listing-index', 'by-list']
const VARIANTS: readonly (readonly string[])[] = [[], [...CAPACITY, '--no-deletion-protection'], [...NAMES, '--no-point-in-time-recovery']]

/** Registers the tests, or one line that says why there are none. */
function withTool(tool: string, how: string, register: () => void): void {
  if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0) return register()
  skipLoudly(`the description by ${tool}: it is not on the PATH; ${how}`)
}

function skipLoudly(what: string): void {
  const reason = `SKIPPED: ${what}`
  process.stderr.write(`\n${reason}\n`)
  it(reason, ({ skip }) => skip(reason))
}

const check = (command: string, args: readonly string[], input = ''): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', input, cwd: directory })
  expect(`${status} ${status === 0 ? '' : `${stdout}${stderr}`}`).toBe('0 ')
  return stdout
}

describe('the description of a table', () => {
  it('says in JSON what create asks for', async () => {
    const { table } = tableDefinition({ tableName: 'sallyport' })
    const template = JSON.parse(await describeTable('--as', 'json')) as { Resources: { SallyportTable: { Properties: object } } }
    expect(template.Resources.SallyportTable.Properties).toEqual({
      ...table,
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
  })

  it('says the same in Terraform', async () => {
    const text = await describeTable('--as', 'terraform', ...CAPACITY, ...NAMES, '--no-point-in-time-recovery')
    for (const line of [
      'hash_key                    = "PK"',
      'attribute_name = "Until"',
      'name            = "by-list"',
      'write_capacity  = 6',
      'enabled = false',
    ]) {
      expect(text).toContain(line)
    }
    expect(await describeTable('--as', 'terraform', '--ttl-attribute', '${x}"')).toContain('attribute_name = "$${x}\\""')
  })

  withTool('cfn-lint', 'pip install cfn-lint', () => {
    it('passes cfn-lint, as YAML and as JSON', async () => {
      const files = await Promise.all(
        VARIANTS.flatMap((flags, index) =>
          ['cloudformation', 'json'].map(async (as) => {
            const file = `${index}-${as}.${as === 'json' ? 'json' : 'yaml'}`
            writeFileSync(join(directory, file), await describeTable('--as', as, ...flags))
            return file
          }),
        ),
      )
      check('cfn-lint', ['--include-checks', 'I', '--regions', 'eu-central-1', '--', ...files])
    })
  })

  withTool('terraform', 'see the site of HashiCorp', () => {
    it('is as terraform fmt has it', async () => {
      for (const flags of VARIANTS) {
        const text = await describeTable('--as', 'terraform', ...flags)
        expect(check('terraform', ['fmt', '-'], text)).toBe(text)
      }
    })

    const places = [
      process.env['TERRAFORM_PLUGIN_DIR'] ?? '',
      join(homedir(), '.terraform.d/plugins'),
      '/usr/local/share/terraform/plugins',
      ...globSync('/opt/*'),
    ]
    const plugins = places.find((place) => existsSync(join(place, 'registry.terraform.io/hashicorp/aws')))
    if (plugins === undefined)
      skipLoudly(
        'terraform validate: no provider hashicorp/aws is here; `terraform providers mirror DIR` fetches it, TERRAFORM_PLUGIN_DIR=DIR names it',
      )
    else
      it('passes terraform validate', async () => {
        writeFileSync(join(directory, 'main.tf'), await describeTable('--as', 'terraform', ...CAPACITY))
        check('terraform', ['init', `-plugin-dir=${plugins}`, '-no-color'])
        check('terraform', ['validate', '-no-color'])
      })
  })
})

describe('where there is nothing to make or to print', () => {
  it('Datastore needs no index, and policies for what expires', async () => {
    const { stdout } = await runStore(['describe', '--store', 'datastore', '--project', 'p', '--database', 'd'])
    expect(stdout).toContain('\nindexes: []\n')
    expect(stdout).toContain('--collection-group=SallyportSession --enable-ttl --project=p --database=d\n')
    expect(stdout.match(/--enable-ttl/g)).toHaveLength(4)
  })

  it('Redis is configured, and SQLite makes its file', async () => {
    expect((await runStore(['describe', '--store', 'redis'])).stdout).toContain('\nmaxmemory-policy noeviction\n')
    const path = join(directory, 'made.db')
    await expect(runStore(['verify', '--store', 'sqlite', '--path', path])).rejects.toMatchObject({ code: 'configuration' })
    expect((await runStore(['create', '--store', 'sqlite', '--path', path])).code).toBe(0)
    expect((await runStore(['verify', '--store', 'sqlite', '--path', path])).code).toBe(0)
    for (const argv of [
      ['describe', '--store', 'sqlite', '--path', path],
      ['create', '--store', 'redis'],
      ['create', '--store', 'datastore', '--project', 'p'],
    ]) {
      await expect(runStore(argv)).rejects.toMatchObject({ code: 'configuration' })
    }
  })
})

await onDynamodbLocal(({ endpoint }) => {
  describe('a DynamoDB table', () => {
    beforeAll(() => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'an example')
    })
    afterAll(() => {
      vi.unstubAllEnvs()
    })

    it('is missing, is made, is whole, is made again', async () => {
      const place = ['--store', 'dynamodb', '--table', freshName(), '--region', 'eu-central-1', '--endpoint', endpoint, '--no-point-in-time-recovery']
      expect(await runStore(['verify', ...place])).toEqual({
        code: 1,
        stdout: 'refuse: There is no table of that name: create makes it.\n',
        stderr: '',
      })
      for (let twice = 0; twice < 2; twice++) expect((await runStore(['create', ...place])).code).toBe(0)
      expect(await runStore(['verify', ...place])).toEqual({ code: 0, stdout: 'verified: nothing is missing\n', stderr: '' })
      const other = await runStore(['verify', ...place, '--ttl-attribute', 'until', '--sort-key', 'kind'])
      expect(other.code).toBe(1)
      expect(other.stdout.trimEnd().split('\n')).toHaveLength(2)
    })
  })
})

await withEmulator('datastore', 'verify on the Datastore emulator', ({ address }) => {
  describe('a Datastore', () => {
    it('that refuses outdated writes is sound', async () => {
      const argv = ['verify', '--store', 'datastore', '--project', 'sallyport-test']
      expect(await runStore(argv, { DATASTORE_EMULATOR_HOST: address })).toMatchObject({ code: 0 })
    })
  })
})

withRedis('verify on Redis', () => {
  describe('a Redis', () => {
    let redis: RedisServer
    beforeAll(async () => {
      redis = await redisServer({ requirepass: 'opensesame' })
    })
    afterAll(() => redis.remove())

    it('that keeps nothing is refused; its password comes from the URL or the environment, and is not told', async () => {
      const url = `redis://127.0.0.1:${redis.port}`
      const verified = await runStore(['verify', '--store', 'redis', '--url', url], { REDIS_PASSWORD: 'opensesame' })
      expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining('set appendonly yes') as string })
      expect(await runStore(['verify', '--store', 'redis', '--url', `redis://:opensesame@127.0.0.1:${redis.port}`])).toEqual(verified)
      expect(verified.stdout).not.toContain('opensesame')
      await expect(runStore(['verify', '--store', 'redis', '--url', url])).rejects.toMatchObject({ code: 'configuration' })
    })

    it('that is a cluster is asked on every master, and users move into it and out of it', async () => {
      const nodes = await redisCluster()
      const url = `redis://127.0.0.1:${nodes[0]?.port}?cluster=true`
      expect((await runStore(['verify', '--store', 'redis', '--url', url])).stdout).toContain('set appendonly yes')
      const [first, second] = [join(directory, 'first.db'), join(directory, 'users.ndjson')]
      const stores = sqliteStores({ path: first, clock: systemClock })
      for (let count = 0; count < 5; count++) await seedUser(stores, {}, 2)
      await stores.close()
      await runStore(['export', '--from', `sqlite:${first}`, '--file', second, '--sessions'])
      expect(await runStore(['import', '--to', url, '--file', second, '--sessions', '--verify'])).toMatchObject({ code: 0 })
      expect((await runStore(['export', '--from', url, '--sessions'])).stderr).toBe('exported: 5 users, 10 sessions, 0 keys\n')
      await Promise.all(nodes.map((node) => node.remove()))
    })
  })
})
