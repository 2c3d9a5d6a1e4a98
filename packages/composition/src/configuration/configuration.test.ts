import { readFileSync } from 'node:fs'
import { ConfigurationError } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { configuration } from './configuration.ts'
import type { Environment } from './read-variables.ts'
import { configurationDocument } from './documentation.ts'
import { weaknessOf } from './secret-strength.ts'
import type { Variable } from './variable.ts'
import { VARIABLE_NAMES } from './variable-names.ts'
import { VARIABLES } from './variables.ts'

const A = 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M'
const B = 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3'
const C = 'f3a90c71d2e8b64507c1fa2e9d83b65c40e7912ad5fb3806ce7194ab02d86f35'
const D = '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe'
const secrets: Environment = { SALLYPORT_REFRESH_SECRET: A, SALLYPORT_KEY_ENCRYPTION_SECRET: B, SALLYPORT_PASSWORD_PEPPER: C }
const production: Environment = { ...secrets, NODE_ENV: 'production', SALLYPORT_PUBLIC_URL: 'https://auth.example.com' }

function refusal(environment: Environment): string {
  try {
    configuration(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return (error as Error).message
  }
  return 'accepted'
}

describe('configuration', () => {
  it('has these defaults', () => {
    const { refreshSecret, keyEncryptionSecret, passwordPepper, ...settings } = configuration(secrets)
    expect([refreshSecret, keyEncryptionSecret, passwordPepper]).toEqual([A, B, C])
    expect(settings).toMatchObject({
      mode: 'development',
      strategy: 'jwt',
      publicUrl: null,
      pathPrefix: '/auth',
      transports: ['bearer', 'cookie'],
      defaultTransport: 'bearer',
      signingAlgorithm: 'RS256',
      accessTokenSeconds: 300,
      sessionIdleSeconds: 1_209_600,
      sessionAbsoluteSeconds: 2_592_000,
      refreshGraceSeconds: 10,
      maximumRevocationSeconds: 900,
      authorizerTtlSeconds: 0,
      profileInToken: true,
      passwordMinimum: 15,
      passwordHash: 'argon2id',
      auditFailure: 'continue',
      trustedProxyHops: 0,
      rateLimits: 'on',
      dataDirectory: '.sallyport',
      port: 4000,
      host: '127.0.0.1',
    })
  })

  it('accepts a production environment, on every interface', () => {
    expect(configuration(production)).toMatchObject({ mode: 'production', publicUrl: 'https://auth.example.com', host: null })
  })

  it.each([
    ['SALLYPORT_PUBLIC_URL', 'https://EXAMPLE.com:443/base/', { publicUrl: 'https://example.com/base' }],
    ['SALLYPORT_PATH_PREFIX', '/', { pathPrefix: '' }],
    ['SALLYPORT_PATH_PREFIX', '/v1/auth', { pathPrefix: '/v1/auth' }],
    ['SALLYPORT_ALLOWED_ORIGINS', 'https://a.example, http://localhost:5173', { allowedOrigins: ['https://a.example', 'http://localhost:5173'] }],
    ['SALLYPORT_TRANSPORTS', 'cookie,bearer', { transports: ['bearer', 'cookie'] }],
    ['SALLYPORT_ROLE_SCOPES', '{"admin":["users:write"],"*":[]}', { roleScopes: { admin: ['users:write'], '*': [] } }],
    ['SALLYPORT_HOSTED_ISSUERS', '[{"preset":"auth0","domain":"a.example"}]', { hostedIssuers: [{ preset: 'auth0', domain: 'a.example' }] }],
    ['SALLYPORT_RATE_LIMIT_OVERRIDES', 'password-pair=5/60', { rateLimitOverrides: [{ id: 'password-pair', limit: 5, windowSeconds: 60 }] }],
    ['SALLYPORT_REFRESH_SECRET_PREVIOUS', D, { refreshSecretsPrevious: [D] }],
    ['SALLYPORT_STRATEGY', '', { strategy: 'jwt' }],
    ['PORT', '0', { port: 0 }],
    ['HOST', '::', { host: '::' }],
  ] as const)('reads %s=%s', (name, text, expected) => {
    expect(configuration({ ...secrets, [name]: text })).toMatchObject(expected)
  })

  it.each([
    ['NODE_ENV', 'prod'],
    ['SALLYPORT_STRATEGY', 'JWT'],
    ['SALLYPORT_PUBLIC_URL', 'auth.example.com'],
    ['SALLYPORT_PUBLIC_URL', 'ftp://auth.example.com'],
    ['SALLYPORT_PUBLIC_URL', 'https://u:p@auth.example.com'],
    ['SALLYPORT_PUBLIC_URL', 'https://auth.example.com/?x'],
    ['SALLYPORT_AUDIENCE', 'two words'],
    ['SALLYPORT_PATH_PREFIX', 'auth'],
    ['SALLYPORT_PATH_PREFIX', '/auth/'],
    ['SALLYPORT_PATH_PREFIX', '/a/../b'],
    ['SALLYPORT_ALLOWED_ORIGINS', '*'],
    ['SALLYPORT_ALLOWED_ORIGINS', 'https://*.example.com'],
    ['SALLYPORT_ALLOWED_ORIGINS', 'https://a.example/'],
    ['SALLYPORT_ALLOWED_ORIGINS', 'null'],
    ['SALLYPORT_TRANSPORTS', 'bearer,header'],
    ['SALLYPORT_TRANSPORTS', 'bearer,bearer'],
    ['SALLYPORT_SIGNING_ALGORITHM', 'none'],
    ['SALLYPORT_SIGNING_ALGORITHM', 'HS256'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '0'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '5m'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '300.5'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '0x12c'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '1e3'],
    ['SALLYPORT_SESSION_IDLE_SECONDS', '-1'],
    ['SALLYPORT_PROFILE_IN_TOKEN', '1'],
    ['SALLYPORT_ROLE_SCOPES', JSON.stringify({ a: ['x'.repeat(128)], '*': Array.from({ length: 7 }, (_, index) => `${index}`.repeat(128)) })],
    ['SALLYPORT_HOSTED_ISSUERS', '{"preset":"auth0"}'],
    ['SALLYPORT_HOSTED_ISSUERS', '["auth0"]'],
    ['SALLYPORT_HOSTED_ISSUERS', '[null]'],
    ['SALLYPORT_HOSTED_ISSUERS', '[{"preset":["auth0"]}]'],
    ['SALLYPORT_HOSTED_ISSUERS', '[{"domain":"a.example"}]'],
    ['SALLYPORT_HOSTED_ISSUERS', 'auth0'],
    ['SALLYPORT_ROLE_SCOPES', '[]'],
    ['SALLYPORT_ROLE_SCOPES', '{"admin":"all"}'],
    ['SALLYPORT_ROLE_SCOPES', '{"admin":["two words"]}'],
    ['SALLYPORT_ROLE_SCOPES', '{'],
    ['SALLYPORT_PASSWORD_MIN_LENGTH', '7'],
    ['SALLYPORT_PASSWORD_HASH', 'md5'],
    ['SALLYPORT_BCRYPT_COST', '9'],
    ['SALLYPORT_AUDIT_FAILURE', 'ignore'],
    ['SALLYPORT_TRUSTED_PROXY_HOPS', 'all'],
    ['SALLYPORT_RATE_LIMITS', 'false'],
    ['SALLYPORT_RATE_LIMIT_OVERRIDES', 'password-pair=0/60'],
    ['SALLYPORT_LOG_LEVEL', 'verbose'],
    ['PORT', '65536'],
    ['HOST', 'http://localhost'],
  ])('refuses %s=%s, naming it and not its value', (name, text) => {
    const message = refusal({ ...secrets, [name]: text })
    expect(message).toContain(`- ${name} must be `)
    if (text.length > 6) expect(message.replace(/such as .*/g, '')).not.toContain(text)
  })

  it.each([
    [
      { SALLYPORT_SESSION_IDLE_SECONDS: '7200', SALLYPORT_SESSION_ABSOLUTE_SECONDS: '3600' },
      'SALLYPORT_SESSION_IDLE_SECONDS must not be above SALLYPORT_SESSION_ABSOLUTE_SECONDS',
    ],
    [{ SALLYPORT_SESSION_IDLE_SECONDS: '60' }, 'SALLYPORT_ACCESS_TOKEN_SECONDS must not be above SALLYPORT_SESSION_IDLE_SECONDS'],
    [
      { SALLYPORT_ACCESS_TOKEN_SECONDS: '10', SALLYPORT_REFRESH_GRACE_SECONDS: '30' },
      'SALLYPORT_REFRESH_GRACE_SECONDS must not be above SALLYPORT_ACCESS_TOKEN_SECONDS',
    ],
    [
      { SALLYPORT_KEY_ROTATION_SECONDS: '3600', SALLYPORT_ACCESS_TOKEN_SECONDS: '1801', SALLYPORT_MAX_REVOCATION_SECONDS: '3600' },
      'SALLYPORT_KEY_ROTATION_SECONDS must be at least twice',
    ],
    [{ SALLYPORT_ACCESS_TOKEN_SECONDS: '901' }, 'SALLYPORT_MAX_REVOCATION_SECONDS is exceeded'],
    [{ SALLYPORT_AUTHORIZER_TTL_SECONDS: '601' }, 'SALLYPORT_MAX_REVOCATION_SECONDS is exceeded'],
    [{ SALLYPORT_STRATEGY: 'session', SALLYPORT_AUTHORIZER_TTL_SECONDS: '901' }, 'SALLYPORT_MAX_REVOCATION_SECONDS is exceeded'],
    [{ SALLYPORT_TRANSPORTS: 'cookie' }, 'SALLYPORT_DEFAULT_TRANSPORT must be among SALLYPORT_TRANSPORTS'],
    [{ SALLYPORT_PASSWORD_PEPPER: A }, 'SALLYPORT_REFRESH_SECRET and SALLYPORT_PASSWORD_PEPPER must not hold the same secret'],
    [{ SALLYPORT_REFRESH_SECRET_PREVIOUS: A }, 'SALLYPORT_REFRESH_SECRET and SALLYPORT_REFRESH_SECRET_PREVIOUS must not hold the same secret'],
    [{ SALLYPORT_PASSWORD_PEPPER_PREVIOUS: `${D},${D}` }, 'SALLYPORT_PASSWORD_PEPPER_PREVIOUS must not hold a secret twice'],
    [{ SALLYPORT_REFRESH_SECRET_PREVIOUS: `${D},short` }, 'SALLYPORT_REFRESH_SECRET_PREVIOUS must be at least 32 random bytes'],
    [{ SALLYPORT_STRATEGIE: 'session' }, '"SALLYPORT_STRATEGIE" is not a variable of Sallyport; did you mean SALLYPORT_STRATEGY'],
    [{ SALLYPORT_JWT: '' }, '"SALLYPORT_JWT" is not a variable of Sallyport.'],
  ] as const)('refuses %j', (environment, problem) => {
    expect(refusal({ ...secrets, ...environment })).toContain(problem)
  })

  it('lets the session strategy live without what only tokens need', () => {
    expect(refusal({ ...secrets, SALLYPORT_STRATEGY: 'session', SALLYPORT_SESSION_IDLE_SECONDS: '60', SALLYPORT_ACCESS_TOKEN_SECONDS: '3600' })).toBe(
      'accepted',
    )
  })

  it.each([
    [{ SALLYPORT_PUBLIC_URL: undefined }, 'SALLYPORT_PUBLIC_URL must be set'],
    [{ SALLYPORT_PUBLIC_URL: 'http://auth.example.com' }, 'SALLYPORT_PUBLIC_URL must be https in production'],
    [{ SALLYPORT_ALLOWED_ORIGINS: 'http://localhost:5173' }, 'SALLYPORT_ALLOWED_ORIGINS must be https in production'],
    [{ SALLYPORT_RATE_LIMITS: 'off' }, 'SALLYPORT_RATE_LIMITS must not be `off` in production'],
    [{ SALLYPORT_REFRESH_SECRET: '' }, 'SALLYPORT_REFRESH_SECRET must be set'],
    [{ SALLYPORT_KEY_ENCRYPTION_SECRET: undefined }, 'SALLYPORT_KEY_ENCRYPTION_SECRET must be set'],
    [{ SALLYPORT_PASSWORD_PEPPER: 'changeme' }, 'SALLYPORT_PASSWORD_PEPPER must be at least 32 random bytes'],
  ] as const)('refuses in production %j', (environment, problem) => {
    expect(refusal({ ...production, ...environment })).toContain(problem)
  })

  it('names every problem at once', () => {
    const message = refusal({ NODE_ENV: 'production', SALLYPORT_STRATEGY: 'x', PORT: 'y', SALLYPORT_TYPO: 'z' })
    expect(
      message
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/ (?:must|is) .*/, '')),
    ).toEqual([
      '- "SALLYPORT_TYPO"',
      '- SALLYPORT_STRATEGY',
      '- PORT',
      '- SALLYPORT_PUBLIC_URL',
      '- SALLYPORT_REFRESH_SECRET',
      '- SALLYPORT_KEY_ENCRYPTION_SECRET',
      '- SALLYPORT_PASSWORD_PEPPER',
    ])
  })

  it('quotes no value of any variable', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(VARIABLES).map((row) => (row as Variable<unknown>).name)),
        fc.stringMatching(/^[a-z]{12}[ -~]{0,30}$/),
        (name, text) => {
          expect(refusal({ ...secrets, [name]: text })).not.toContain(text)
        },
      ),
    )
  })

  it('asks for local secrets only outside production, only when some are missing, and judges them', () => {
    const asked: string[] = []
    const made =
      (environment: Environment) =>
      (directory: string): Environment => {
        asked.push(directory)
        return environment
      }
    expect(configuration({ SALLYPORT_REFRESH_SECRET: D, SALLYPORT_DATA_DIR: 'x' }, { localSecrets: made(secrets) })).toMatchObject({
      refreshSecret: D,
      keyEncryptionSecret: B,
    })
    expect(() => configuration({}, { localSecrets: made({ ...secrets, SALLYPORT_PASSWORD_PEPPER: A }) })).toThrow('must not hold the same secret')
    expect(() => configuration({}, { localSecrets: made({}) })).toThrow('SALLYPORT_REFRESH_SECRET must be set')
    expect(asked).toEqual(['x', '.sallyport', '.sallyport'])
    configuration(secrets, { localSecrets: made({}) })
    expect(() => configuration({ SALLYPORT_STRATEGY: 'x' }, { localSecrets: made(secrets) })).toThrow('SALLYPORT_STRATEGY')
    expect(() => configuration({ ...production, SALLYPORT_PASSWORD_PEPPER: '' }, { localSecrets: made(secrets) })).toThrow(
      'SALLYPORT_PASSWORD_PEPPER must be set',
    )
    expect(asked).toHaveLength(3)
  })
})

test('every variable is known by its name', () => {
  expect(VARIABLE_NAMES).toEqual(Object.values(VARIABLES).map(({ name }) => name))
})

describe('docs/configuration.md', () => {
  const document = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')

  it('is what the table says (node tools/generate-docs.ts writes it)', () => {
    expect(document).toBe(configurationDocument())
  })

  it('shows no value that would be taken as a secret', () => {
    const texts = document.match(/[A-Za-z0-9+_-]{32,}/g) ?? []
    expect(texts.filter((text) => !text.startsWith('SALLYPORT_') && weaknessOf(text) === null)).toEqual([])
  })
})
