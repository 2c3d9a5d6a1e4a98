import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as aws from '../../apps/aws-lambda/src/config.ts'
import * as azure from '../../apps/azure-functions/src/config.ts'
import * as firebase from '../../apps/firebase-functions/src/config.ts'
import * as google from '../../apps/google-cloud-functions/src/config.ts'

type Variables = Readonly<Record<string, string>>

const PAGE = readFileSync(new URL('../../docs/from-old-ways.md', import.meta.url), 'utf8')
const AUTHORIZER = new URL('../../apps/aws-lambda/src/authorizer.ts', import.meta.url).pathname

const PUBLIC = { NODE_ENV: 'production', SALLYPORT_PUBLIC_URL: 'https://auth.example.org' }
const SECRETS = Object.fromEntries(
  ['REFRESH_SECRET', 'KEY_ENCRYPTION_SECRET', 'PASSWORD_PEPPER'].map((name) => [
    `SALLYPORT_${name}`,
    Buffer.from(`${name}: a value as random as any`).toString('base64url'),
  ]),
)
const APPS = [
  ['AWS', aws, { AWS_REGION: 'eu-central-1', SALLYPORT_DYNAMODB_TABLE: 'sallyport' }],
  ['Google', google, { SALLYPORT_DATASTORE_PROJECT: 'a-project' }],
  ['Firebase', firebase, { SALLYPORT_DATASTORE_PROJECT: 'a-project' }],
  ['Azure', azure, { SALLYPORT_REDIS_URL: 'rediss://ada-redis.redis.azure.net:10000' }],
] as const

/** What the shell makes of each block of a section that sets variables. */
function blocksOf(section: string): readonly Variables[] {
  const [, text = ''] = new RegExp(`\n## ${section}\n([^]*?)(?=\n## |$)`).exec(PAGE) ?? []
  return [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => {
    const lines = execFileSync('sh', ['-ac', `${block}\nenv`], { env: { PATH: process.env['PATH'] }, encoding: 'utf8' }).split('\n')
    return Object.fromEntries(lines.filter((line) => line.startsWith('SALLYPORT_')).map((line) => line.split(/=(.*)/s, 2))) as Variables
  })
}

function withoutStore({ SALLYPORT_DYNAMODB_TABLE: _store, ...others }: Variables): Variables {
  return others
}

it('every block of the page that sets variables is tried here', () => {
  const sections = [...PAGE.matchAll(/^## (.*)$/gm)].map(([, section = '']) => section)
  expect(sections.filter((section) => blocksOf(section).some((block) => Object.keys(block).length > 0))).toEqual([
    'Sessions in a hosted datastore',
    'JWT by hand',
    'A custom authorizer',
    'A hosted service',
  ])
})

describe.each(APPS)('on %s', (_, { apiConfig, guardConfig }, place) => {
  it.each([
    ['Sessions in a hosted datastore', 'session'],
    ['JWT by hand', 'jwt'],
    ['A hosted service', 'jwt'],
  ])('API and guards start with the variables of "%s"', (section, strategy) => {
    const [block = {}, ...others] = blocksOf(section)
    expect([others, Object.keys(block).length > 1]).toEqual([[], true])
    const environment = { ...PUBLIC, ...place, ...withoutStore(block) }
    expect(apiConfig({ ...environment, ...SECRETS }).settings.strategy).toBe(strategy)
    expect(guardConfig(environment).settings.strategy).toBe(strategy)
  })
})

describe('a custom authorizer', () => {
  const [shared = {}, own = {}] = blocksOf('A custom authorizer')
  const [, { apiConfig, guardConfig }, place] = APPS[0]
  const environment = { ...PUBLIC, ...place }

  it.each(['session', 'jwt'])('starts with the variables of the page, %s strategy', (strategy) => {
    const variables = { ...environment, SALLYPORT_STRATEGY: strategy, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', ...shared, ...own }
    const { status, stderr } = spawnSync(process.execPath, ['--conditions=sallyport-source', AUTHORIZER], {
      env: { PATH: process.env['PATH'], ...variables },
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('stands in front of an API and functions that start with theirs; to the API its own variable is unknown, as the page says', () => {
    expect(apiConfig({ ...environment, ...SECRETS, ...shared }).settings).toMatchObject({ authorizerTtlSeconds: 60, transports: ['bearer'] })
    expect(guardConfig({ ...environment, ...shared }).settings.authorizerTtlSeconds).toBe(60)
    expect(() => apiConfig({ ...environment, ...SECRETS, ...shared, ...own })).toThrow('"SALLYPORT_AUTHORIZER_GATEWAY" is not a variable')
  })
})
