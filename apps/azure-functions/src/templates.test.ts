import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { apiConfig, guardConfig } from './config.ts'

const FILES = ['main', 'function-app', 'gateway'] as const
const read = (name: (typeof FILES)[number]): string => readFileSync(new URL(`../templates/${name}.bicep`, import.meta.url), 'utf8')
/** Without comments and descriptions, in which anything may be said. */
const codeOf = (name: (typeof FILES)[number]): string =>
  read(name)
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/^@description\(.*\)$/gm, '')
const main = codeOf('main')

/** The members of an object that a variable of main.bicep holds. */
function settingsIn(variable: string): Map<string, string> {
  const [, body = ''] = new RegExp(`^var ${variable} = \\{\\n([^]*?)^\\}`, 'm').exec(main) ?? []
  return new Map([...body.matchAll(/^ {2}(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
}

/** No Bicep compiler comes from a package registry, so its mistakes have to be looked for one by one. */
describe.each(FILES)('%s.bicep', (name) => {
  const code = codeOf(name)

  it('uses every parameter and variable it declares, and nothing it does not', () => {
    const declared = [...code.matchAll(/^(?:param|var|resource|module) (\w+)/gm)].map(([, symbol = '']) => symbol)
    expect(declared.length).toBeGreaterThan(5)
    expect(new Set(declared).size).toBe(declared.length)
    const sinks = new Set(['officer', 'apiReadsSecrets', 'api', 'posts', 'policy', 'noFtp', 'noScmPassword', 'gateway'])
    for (const symbol of declared) {
      const uses = code.match(new RegExp(`(?<![\\w.'])${symbol}(?!\\w|: )`, 'g'))?.length ?? 0
      if (!sinks.has(symbol)) expect(uses, symbol).toBeGreaterThan(1)
    }
    const loops = [...code.matchAll(/\bfor \(?(\w+)(?:, (\w+)\))? in/g)].flatMap(([, ...names]) => names.filter((each) => each !== undefined))
    const known = new Set([...declared, ...loops])
    for (const [, expression = ''] of code.matchAll(/\$\{([^}]*)\}/g)) {
      const [symbol = ''] = /[A-Za-z_]\w*(?=\.|$|\)| )/.exec(expression.replaceAll(/\w+\(/g, '')) ?? []
      expect(known.has(symbol), expression).toBe(true)
    }
  })

  it('has as many opening as closing braces', () => {
    for (const [open, close] of ['{}', '[]', '()']) expect(code.split(open!).length, open).toBe(code.split(close!).length)
  })

  it('holds no secret, and no parameter for one', () => {
    for (const [, parameter = ''] of code.matchAll(/^param (\w+)/gm)) expect(parameter).not.toMatch(/secret(?!sOfficerId)|password|pepper|key/i)
    for (const [, value = ''] of code.matchAll(/^\s*SALLYPORT_\w*(?:SECRET|PEPPER|PASSWORD)\w*: (.*)$/gm))
      expect(value).toMatch(
        /^'@Microsoft\.KeyVault\(VaultName=\$\{vault\.name\};SecretName=\$\{(?:redisPassword\.name|inUse\.\w+|replaced\.\?\w+\.\?before)\}\)'$/,
      )
    expect(code).not.toMatch(/listKeys(?!\(\)\.primaryKey)|AccountKey=|connectionStrings/)
    expect(code.match(/listKeys/g)?.length ?? 0).toBe(name === 'main' ? 1 : 0)
  })
})

describe('the modules', () => {
  it.each([
    ['api', 'function-app'],
    ['posts', 'function-app'],
    ['gateway', 'gateway'],
  ] as const)('%s gets every parameter that has no default, and no other', (module, file) => {
    const [, given = ''] = new RegExp(`^module ${module} [^]*?\\n {2}params: \\{\\n([^]*?)\\n {2}\\}`, 'm').exec(main) ?? []
    const names = [...given.matchAll(/^ {4}(\w+):/gm)].map(([, each = '']) => each)
    const parameters = [...codeOf(file).matchAll(/^param (\w+) [^=\n]*(=)?/gm)]
    expect(names.toSorted()).toEqual(
      parameters
        .filter(([, , hasDefault]) => hasDefault === undefined)
        .map(([, each = '']) => each)
        .toSorted(),
    )
  })

  it('give the function apps settings that they start with', () => {
    const values = (names: Iterable<string>): Record<string, string> => {
      const secret = (name: string): string => Buffer.from(`${name}: a value as random as any other`).toString('base64url').slice(-64)
      const plain: Record<string, string> = {
        NODE_ENV: 'production',
        SALLYPORT_STRATEGY: 'session',
        SALLYPORT_PUBLIC_URL: 'https://ada-api.azurewebsites.net',
        SALLYPORT_AUDIENCE: 'sallyport',
        SALLYPORT_ALLOWED_ORIGINS: '',
        SALLYPORT_TRUSTED_PROXY_HOPS: '1',
        SALLYPORT_REDIS_URL: 'rediss://ada-redis.westeurope.redis.azure.net:10000',
      }
      return Object.fromEntries([...names].map((name) => [name, plain[name] ?? secret(name)]))
    }
    const shared = [...settingsIn('sharedSettings').keys()]
    const secrets = [...settingsIn('apiSecrets').keys()]
    expect([shared.length, secrets.length]).toEqual([10, 3])
    expect(guardConfig(values(shared)).settings.publicUrl).toBe('https://ada-api.azurewebsites.net')
    expect(apiConfig(values([...shared, ...secrets])).settings.mode).toBe('production')
    expect(main).toMatch(
      /module api [^]*?settings: union\(furtherSettings, sharedSettings, apiSecrets, refreshBefore, keyEncryptionBefore, pepperBefore\)\n/,
    )
    expect(main).toMatch(/module posts [^]*?settings: union\(furtherSettings, sharedSettings\)\n/)
  })

  it('are made when the secrets are there: a reference that finds none is not looked up again for a day', () => {
    expect(main).toMatch(/^param withApps bool = true$/m)
    const conditions = [...main.matchAll(/^module (\w+) '[^']+' = (.*)\{$/gm)].map(([, name, condition]) => [name, condition])
    expect(conditions).toEqual([
      ['api', 'if (withApps) '],
      ['posts', 'if (withApps) '],
      ['gateway', 'if (withGateway) '],
    ])
  })
})

describe('secrets that are replaced', () => {
  const SECRETS = [
    ['refresh', 'SALLYPORT_REFRESH_SECRET', 'refresh-secret'],
    ['keyEncryption', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'key-encryption-secret'],
    ['pepper', 'SALLYPORT_PASSWORD_PEPPER', 'password-pepper'],
  ] as const

  it.each(SECRETS)('%s: the one in use is that of the parameter, or the first', (key, variable, first) => {
    expect(main).toMatch(new RegExp(`^ {2}${key}: replaced\\.\\?${key}\\.\\?now \\?\\? '${first}'$`, 'm'))
    expect(settingsIn('apiSecrets').get(variable)).toContain(`SecretName=\${inUse.${key}})`)
  })

  it.each(SECRETS)('%s: those of before are still accepted, where there are some', (key, variable) => {
    const [, members = ''] =
      new RegExp(`^var ${key}Before = empty\\(replaced\\.\\?${key}\\.\\?before\\) \\? \\{\\} : \\{\\n([^]*?)^\\}`, 'm').exec(main) ?? []
    expect(members.trim()).toBe(`${variable}_PREVIOUS: '@Microsoft.KeyVault(VaultName=\${vault.name};SecretName=\${replaced.?${key}.?before})'`)
  })

  it('by all three are settings that the API starts with', () => {
    const secret = (): string => randomBytes(40).toString('base64url')
    const given = SECRETS.flatMap(([, variable]): [string, string][] => [
      [variable, secret()],
      [`${variable}_PREVIOUS`, `${secret()},${secret()}`],
    ])
    const shared = { SALLYPORT_PUBLIC_URL: 'https://ada-api.azurewebsites.net', SALLYPORT_REDIS_URL: 'rediss://ada-redis.redis.azure.net:10000' }
    const { settings } = apiConfig({ ...shared, ...Object.fromEntries(given) })
    expect(
      [settings.refreshSecretsPrevious, settings.keyEncryptionSecretsPrevious, settings.passwordPeppersPrevious].map((each) => each.length),
    ).toEqual([2, 2, 2])
  })
})

describe('what is deployed', () => {
  it('is reached by TLS only and keeps what Redis was told', () => {
    expect(codeOf('function-app')).toMatch(/httpsOnly: true/)
    expect(main).toMatch(/evictionPolicy: 'NoEviction'/)
    expect(main).toMatch(/aofEnabled: true/)
    expect(main).toMatch(/clientProtocol: 'Encrypted'/)
  })

  it('believes a forwarded address only where nobody can go round the gateway', () => {
    expect(main).toMatch(/SALLYPORT_TRUSTED_PROXY_HOPS: withGateway \? '1' : '0'/)
    expect(main.match(/onlyFrom: withGateway \? gateway!\.outputs\.addresses : \[\]/g)).toHaveLength(2)
    expect(codeOf('function-app')).toMatch(/ipSecurityRestrictionsDefaultAction: empty\(onlyFrom\) \? 'Allow' : 'Deny'/)
  })

  it('lets the guarded function read one secret, and the API all', () => {
    expect(main).toMatch(/resource postsReadPassword [^]*?scope: redisPassword\n[^]*?principalId: postsIdentity/)
    expect(main).toMatch(/resource apiReadsSecrets [^]*?scope: vault\n[^]*?principalId: apiIdentity/)
    expect(main.match(/principalId: postsIdentity/g)).toHaveLength(1)
  })

  it('sets every named value that a policy uses', () => {
    const used = ['jwt', 'session'].flatMap((strategy) => [
      ...readFileSync(new URL(`../templates/gateway/policy-${strategy}.xml`, import.meta.url), 'utf8').matchAll(/\{\{([\w-]+)\}\}/g),
    ])
    const set = [...codeOf('gateway').matchAll(/^ {2}'([\w-]+)':/gm)].map(([, each = '']) => each)
    expect(new Set(used.map(([, each = '']) => each))).toEqual(new Set(set))
  })
})
