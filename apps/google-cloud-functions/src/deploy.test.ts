import { EXPIRING_KINDS } from '@sallyport/store-datastore'
import { describe, expect, test } from 'vitest'
import { runDeploy, type DeployRun } from '../testing/run-deploy.ts'
import { apiConfig, guardConfig } from './config.ts'

const deployed = ({ calls }: DeployRun, name: string): readonly string[] =>
  calls.find(([group, verb, what]) => group === 'functions' && verb === 'deploy' && what === `sallyport-${name}`) ?? []
const option = (call: readonly string[], name: string): string => call.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''
const variablesOf = (call: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    option(call, 'set-env-vars')
      .slice(3)
      .split('|')
      .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  )
const withVerb = ({ calls }: DeployRun, ...words: readonly string[]): readonly (readonly string[])[] =>
  calls.filter((call) => words.every((word, index) => call[index] === word))

const plain = runDeploy()

describe('a deployment', () => {
  test('gives each function an account of its own with the database and nothing more, and the API its three secrets', () => {
    const roles = withVerb(plain, 'projects', 'add-iam-policy-binding').map((call) => [option(call, 'member'), option(call, 'role')])
    expect(roles).toEqual(
      ['api', 'posts'].map((name) => [`serviceAccount:sallyport-${name}@a-project.iam.gserviceaccount.com`, 'roles/datastore.user']),
    )
    const readers = withVerb(plain, 'secrets', 'add-iam-policy-binding').map((call) => [option(call, 'member'), option(call, 'role')])
    expect(readers).toEqual(
      Array.from({ length: 3 }, () => ['serviceAccount:sallyport-api@a-project.iam.gserviceaccount.com', 'roles/secretmanager.secretAccessor']),
    )
    for (const name of ['api', 'posts'])
      expect(option(deployed(plain, name), 'run-service-account')).toBe(`sallyport-${name}@a-project.iam.gserviceaccount.com`)
  })

  test('makes three different secrets that nobody sees, and references them', () => {
    expect(new Set(plain.secrets).size).toBe(3)
    for (const secret of plain.secrets) {
      expect(secret).toMatch(/^[\w-]{64}$/)
      expect(plain.output + JSON.stringify(plain.calls)).not.toContain(secret)
    }
    const references = option(deployed(plain, 'api'), 'set-secrets').split(',')
    expect(references.map((each) => each.split('=')[1])).toEqual(
      ['refresh-secret', 'key-encryption-secret', 'password-pepper'].map((name) => `sallyport-${name}:latest`),
    )
    expect(option(deployed(plain, 'posts'), 'set-secrets')).toBe('')
  })

  test('sets variables with which both functions start in production', () => {
    const names = option(deployed(plain, 'api'), 'set-secrets')
      .split(',')
      .map((each) => each.split('=')[0] ?? '')
    const secrets = Object.fromEntries(names.map((name, index) => [name, plain.secrets[index]]))
    const { settings, projectId, deadlineSeconds } = apiConfig({ ...variablesOf(deployed(plain, 'api')), ...secrets })
    expect([settings.mode, settings.publicUrl, projectId]).toEqual([
      'production',
      'https://sallyport-api-123456789.europe-west1.run.app',
      'a-project',
    ])
    expect(deadlineSeconds).toBeLessThan(Number.parseInt(option(deployed(plain, 'api'), 'timeout'), 10))
    expect(guardConfig(variablesOf(deployed(plain, 'posts'))).front).toBe('none')
  })

  test('cleans up every kind that expires', () => {
    const kinds = withVerb(plain, 'firestore', 'fields', 'ttls', 'update', 'expireAt').map((call) => option(call, 'collection-group'))
    expect(kinds.toSorted()).toEqual(EXPIRING_KINDS.toSorted())
  })

  test('takes a database of another name, and none of another kind', () => {
    const named = runDeploy({ DATABASE: 'sallyport', ALLOWED_ORIGINS: 'https://a.example,https://b.example' })
    const { databaseId, settings } = guardConfig(variablesOf(deployed(named, 'posts')))
    expect([databaseId, settings.allowedOrigins]).toEqual(['sallyport', ['https://a.example', 'https://b.example']])
    expect(() => runDeploy({ DATABASE_TYPE: 'FIRESTORE_NATIVE' })).toThrow(/Datastore mode/)
  })
})

describe('behind API Gateway', () => {
  const behind = runDeploy({ GATEWAY: 'yes' })

  test('only the gateway calls the posts function, which believes the credential that it forwards', () => {
    expect(deployed(behind, 'posts')).toContain('--no-allow-unauthenticated')
    expect(guardConfig(variablesOf(deployed(behind, 'posts'))).front).toBe('api-gateway')
    expect(withVerb(behind, 'functions', 'add-invoker-policy-binding').map(([, , name]) => name)).toEqual(['sallyport-posts'])
    expect(deployed(behind, 'api')).toContain('--allow-unauthenticated')
    expect(variablesOf(deployed(behind, 'api'))).not.toHaveProperty('SALLYPORT_FRONT')
  })

  test('the configuration names this deployment and has no placeholder left', () => {
    expect(behind.gateway).toContain('"x-google-issuer": "https://sallyport-api-123456789.europe-west1.run.app"')
    expect(behind.gateway).not.toContain('${')
    expect(plain.gateway).toBe('')
  })
})
