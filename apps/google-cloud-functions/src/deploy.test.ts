import { EXPIRING_KINDS } from '@sallyport/store-datastore'
import { describe, expect, test } from 'vitest'
import { runDeploy, runDeploys, type DeployRun, type Environment } from '../testing/run-deploy.ts'
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

/** The secrets that a deployment of the API refers to, with what they hold: what its instances find in their environment. */
const secretsOf = (run: DeployRun): Record<string, string> =>
  Object.fromEntries(
    option(deployed(run, 'api'), 'set-secrets')
      .split(',')
      .map((each) => {
        const [, variable = '', name = '', version = ''] = /^(\w+)=([\w-]+):(\d+)$/.exec(each) ?? []
        return [variable, run.secrets[name]?.[Number(version) - 1] ?? '']
      }),
  )
const VARIABLES = ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER']

const plain = runDeploy()

describe('a deployment', () => {
  test('gives each function an account of its own with the database and nothing more, and the API its three secrets', () => {
    const roles = withVerb(plain, 'projects', 'add-iam-policy-binding').map((call) => [option(call, 'member'), option(call, 'role')])
    expect(roles).toEqual([
      ['serviceAccount:123456789-compute@developer.gserviceaccount.com', 'roles/cloudbuild.builds.builder'],
      ...['api', 'posts'].map((name) => [`serviceAccount:sallyport-${name}@a-project.iam.gserviceaccount.com`, 'roles/datastore.user']),
    ])
    const readers = withVerb(plain, 'secrets', 'add-iam-policy-binding').map((call) => [option(call, 'member'), option(call, 'role')])
    expect(readers).toEqual(
      Array.from({ length: 3 }, () => ['serviceAccount:sallyport-api@a-project.iam.gserviceaccount.com', 'roles/secretmanager.secretAccessor']),
    )
    for (const name of ['api', 'posts'])
      expect(option(deployed(plain, name), 'run-service-account')).toBe(`sallyport-${name}@a-project.iam.gserviceaccount.com`)
  })

  test('makes three different secrets that nobody sees, and references them', () => {
    const made = Object.values(plain.secrets).flat()
    expect([made.length, new Set(made).size]).toEqual([3, 3])
    for (const secret of made) {
      expect(secret).toMatch(/^[\w-]{64}$/)
      expect(plain.output + JSON.stringify(plain.calls)).not.toContain(secret)
    }
    expect(Object.keys(secretsOf(plain))).toEqual(VARIABLES)
    expect(Object.values(secretsOf(plain)).toSorted()).toEqual(made.toSorted())
    expect(option(deployed(plain, 'posts'), 'set-secrets')).toBe('')
  })

  test.each([
    ['is missing', '#!/bin/sh\nexit 127\n'],
    ['is cut off', '#!/bin/sh\necho c2hvcnQ=\n'],
  ])('makes no secret at all when openssl %s', (_, openssl) => {
    expect(() => runDeploy({}, { openssl })).toThrow(/openssl made no secret/)
  })

  test('rotates no secret that is none', () => {
    expect(() => runDeploy({ ROTATE: 'pepper' })).toThrow(/ROTATE is one of/)
  })

  test('sets variables with which both functions start in production', () => {
    const { settings, projectId, deadlineSeconds } = apiConfig({ ...variablesOf(deployed(plain, 'api')), ...secretsOf(plain) })
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

  test.each(['fields ttls update', 'projects add-iam-policy-binding', 'secrets add-iam-policy-binding', 'functions add-invoker-policy-binding'])(
    'tries again what Google refuses while it is at another change: %s',
    (REFUSED) => {
      const again = runDeploy({ REFUSED, GATEWAY: 'yes' })
      const words = REFUSED.split(' ')
      const count = ({ calls }: DeployRun): number => calls.filter((call) => words.every((word) => call.includes(word))).length
      expect(count(again)).toBe(count(runDeploy({ GATEWAY: 'yes' })) + 1)
      expect(deployed(again, 'posts')).not.toEqual([])
    },
  )

  test('takes a database of another name, and none of another kind', () => {
    const named = runDeploy({ DATABASE: 'sallyport', ALLOWED_ORIGINS: 'https://a.example,https://b.example' })
    const { databaseId, settings } = guardConfig(variablesOf(deployed(named, 'posts')))
    expect([databaseId, settings.allowedOrigins]).toEqual(['sallyport', ['https://a.example', 'https://b.example']])
    expect(() => runDeploy({ DATABASE_TYPE: 'FIRESTORE_NATIVE' })).toThrow(/Datastore mode/)
  })

  test('hands further variables to both functions, lists with commas and quotes in them', () => {
    const issuer = { preset: 'auth0', domain: 'sample.eu.auth0.com', audience: ['one', 'two'] }
    const run = runDeploy({ VARIABLES: `SALLYPORT_STRATEGY=session|SALLYPORT_HOSTED_ISSUERS=${JSON.stringify([issuer])}` })
    const { strategy, hostedIssuers } = guardConfig(variablesOf(deployed(run, 'posts'))).settings
    expect([strategy, hostedIssuers]).toEqual(['session', [issuer]])
    expect(variablesOf(deployed(run, 'api'))).toMatchObject({ SALLYPORT_STRATEGY: 'session' })
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

describe('run again', () => {
  const MAKES = ['create', 'add']
  const again = (environment: Environment): DeployRun => runDeploys([environment, environment])[1]!

  test.each<[string, Environment]>([
    ['plain', {}],
    ['behind API Gateway', { GATEWAY: 'yes', DATABASE: 'sallyport' }],
  ])('makes nothing anew and deploys the same: %s', (_, environment) => {
    const [first, second] = runDeploys([environment, environment])
    expect(second!.calls.filter((call) => MAKES.some((verb) => call.includes(verb)) || (call.includes('ttls') && call.includes('update')))).toEqual(
      [],
    )
    expect(second!.secrets).toEqual(first!.secrets)
    for (const name of ['api', 'posts']) expect(deployed(second!, name)).toEqual(deployed(first!, name))
  })

  test('moves a gateway that is there to the configuration of now', () => {
    const updates = withVerb(again({ GATEWAY: 'yes' }), 'api-gateway', 'gateways', 'update')
    const [[, , , version] = []] = withVerb(runDeploy({ GATEWAY: 'yes' }), 'api-gateway', 'api-configs', 'create')
    expect(updates.map((call) => option(call, 'api-config'))).toEqual([version])
  })

  const NAMES = ['refresh-secret', 'key-encryption-secret', 'password-pepper']

  test.each(NAMES)('with ROTATE=%s replaces that secret, and the one of before is still accepted', (ROTATE) => {
    const [first, second, third, fourth] = runDeploys([{}, { ROTATE }, {}, { ROTATE }]).map(secretsOf)
    const variable = VARIABLES[NAMES.indexOf(ROTATE)]!
    const others = VARIABLES.filter((each) => each !== variable)
    expect(second![`${variable}_PREVIOUS`]).toBe(first![variable])
    expect(second![variable]).not.toBe(first![variable])
    for (const other of others) expect(second![other]).toBe(first![other])
    expect(third).toEqual(second)
    expect(fourth![`${variable}_PREVIOUS`]).toBe(`${second![variable]},${first![variable]}`)
    const environment = variablesOf(deployed(plain, 'api'))
    for (const each of [second, third, fourth]) expect(() => apiConfig({ ...environment, ...each })).not.toThrow()
  })

  test('finishes a rotation that stopped half-way', () => {
    const rotate = { ROTATE: 'password-pepper' }
    const [first, stopped, finished] = runDeploys([{}, { ...rotate, REFUSED: 'versions add sallyport-password-pepper --' }, rotate])
    expect(stopped!.failure).toContain('Please retry')
    expect(deployed(stopped!, 'api')).toEqual([])
    const { SALLYPORT_PASSWORD_PEPPER: now, SALLYPORT_PASSWORD_PEPPER_PREVIOUS: before } = secretsOf(finished!)
    expect([before, now === before]).toEqual([secretsOf(first!)['SALLYPORT_PASSWORD_PEPPER'], false])
  })

  test('also by the next run without ROTATE', () => {
    const [first, , next, last] = runDeploys([{}, { ROTATE: 'password-pepper', REFUSED: 'versions add sallyport-password-pepper --' }, {}, {}])
    const { SALLYPORT_PASSWORD_PEPPER: now, SALLYPORT_PASSWORD_PEPPER_PREVIOUS: before } = secretsOf(next!)
    expect([before, now === before]).toEqual([secretsOf(first!)['SALLYPORT_PASSWORD_PEPPER'], false])
    expect(secretsOf(last!)).toEqual(secretsOf(next!))
  })

  // A look that Google does not answer ends the deployment, or was not needed: it never passes for a secret that is not there.
  test.each(['secrets list', 'secrets describe sallyport-password-pepper-previous', 'secrets versions describe', 'secrets versions access'])(
    'with %s refused once no secret is made twice and none of before is left out',
    (REFUSED) => {
      const [, rotated, refused, after] = runDeploys([{}, { ROTATE: 'password-pepper' }, { REFUSED }, {}])
      if (refused!.failure === null) expect(secretsOf(refused!)).toEqual(secretsOf(rotated!))
      else expect(deployed(refused!, 'api')).toEqual([])
      expect(secretsOf(after!)).toEqual(secretsOf(rotated!))
    },
  )

  const FIRST = { GATEWAY: 'yes', DATABASE: 'sallyport', PUBLIC_URL: 'https://auth.example.com' }

  test.each([
    ['PUBLIC_URL', /PUBLIC_URL "https:\/\/auth\.example\.com"/],
    ['DATABASE', /DATABASE "sallyport"/],
    ['GATEWAY', /GATEWAY\) "api-gateway"/],
  ] as const)('without the %s of the first run it stops before it changes anything, unless that is meant', (name, said) => {
    const { [name]: _, ...others } = FIRST
    const [, stopped, changed] = runDeploys([FIRST, others, { ...others, CHANGE: 'yes' }])
    expect(stopped!.failure).toMatch(said)
    expect(stopped!.calls.map(([group, verb]) => `${group} ${verb}`)).toEqual(['projects describe', 'services enable', 'functions list'])
    expect(changed!.failure).toBeNull()
    expect(deployed(changed!, 'posts')).not.toEqual([])
  })

  test.each(['api', 'posts'])('goes on after the first build of %s was refused', (name) => {
    const [stopped, finished] = runDeploys([{ ...FIRST, REFUSED: `--source=apps/google-cloud-functions/dist/functions/${name}` }, FIRST])
    expect(stopped!.failure).toContain('Please retry')
    expect(finished!.failure).toBeNull()
  })

  test('and no secret of a rotation is seen', () => {
    const [, rotated] = runDeploys([{}, { ROTATE: 'password-pepper' }])
    for (const secret of Object.values(rotated!.secrets).flat()) expect(rotated!.output + JSON.stringify(rotated!.calls)).not.toContain(secret)
  })
})
