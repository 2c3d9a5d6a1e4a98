import { randomBytes } from 'node:crypto'
import { ConfigurationError } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appConfiguration } from './configuration.ts'
import { guardConfiguration } from './guard-configuration.ts'
import { GUARD_ROWS } from './guard-settings.ts'
import { judgedGuardConfiguration } from './judged-guard-configuration.ts'
import { name, wholeNumber } from './kinds.ts'
import { plainGuardConfiguration } from './plain-guard-configuration.ts'
import { secretsOf } from './secrets-of.ts'
import type { Environment } from './read-variables.ts'
import type { VariablesOf } from './variable.ts'

interface Own {
  readonly table: string
  readonly hops: number
}
const OWN: VariablesOf<Own> = {
  table: { name: 'SALLYPORT_EXAMPLE_TABLE', kind: name, default: 'required', description: 'The table.' },
  hops: { name: 'SALLYPORT_EXAMPLE_HOPS', kind: wholeNumber(0, 9), default: { value: 1 }, description: 'The hops.' },
}
const GUARD: Environment = { SALLYPORT_PUBLIC_URL: 'https://auth.example.test', SALLYPORT_EXAMPLE_TABLE: 'users' }
const PRODUCTION: Environment = { ...GUARD, NODE_ENV: 'production' }

const problemsOf = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
  return 'none'
}

describe('the configuration of a guard', () => {
  test('needs no secret, in production neither', () => {
    const { settings, own } = guardConfiguration(PRODUCTION, OWN)
    expect(own).toEqual({ table: 'users', hops: 1 })
    expect(settings).toMatchObject({ mode: 'production', strategy: 'jwt', publicUrl: 'https://auth.example.test', transports: ['bearer', 'cookie'] })
    expect(Object.keys(settings).filter((key) => /secret|pepper/i.test(key))).toEqual([])
  })

  test('computes the revocation bound of token and gateway together, and refuses one above the maximum', () => {
    const bounded = { ...GUARD, SALLYPORT_ACCESS_TOKEN_SECONDS: '300', SALLYPORT_AUTHORIZER_TTL_SECONDS: '60' }
    expect(guardConfiguration(bounded, OWN).settings.revocationBoundSeconds).toBe(360)
    expect(guardConfiguration({ ...bounded, SALLYPORT_STRATEGY: 'session' }, OWN).settings.revocationBoundSeconds).toBe(60)
    expect(problemsOf(() => guardConfiguration({ ...bounded, SALLYPORT_MAX_REVOCATION_SECONDS: '359' }, OWN))).toMatch(/360 s.*359 s/)
  })

  test('ignores what only the API needs, and knows it is no misspelling', () => {
    expect(problemsOf(() => guardConfiguration({ ...GUARD, SALLYPORT_REFRESH_SECRET: 'short' }, OWN))).toBe('none')
    expect(problemsOf(() => guardConfiguration({ ...GUARD, SALLYPORT_REFRESH_SECRETT: 'x' }, OWN))).toMatch(/did you mean SALLYPORT_REFRESH_SECRET/)
  })

  test('names every problem at once and quotes no value', () => {
    const problems = problemsOf(() =>
      guardConfiguration(
        { NODE_ENV: 'production', SALLYPORT_STRATEGY: 'hidden', SALLYPORT_EXAMPLE_HOPS: 'hidden', SALLYPORT_ALLOWED_ORIGINS: 'http://a.example' },
        OWN,
      ),
    )
    for (const variable of [
      'SALLYPORT_PUBLIC_URL',
      'SALLYPORT_STRATEGY',
      'SALLYPORT_EXAMPLE_TABLE',
      'SALLYPORT_EXAMPLE_HOPS',
      'SALLYPORT_ALLOWED_ORIGINS',
    ])
      expect(problems).toContain(variable)
    expect(problems).not.toContain('hidden')
  })

  test('is https in production', () => {
    expect(problemsOf(() => guardConfiguration({ ...PRODUCTION, SALLYPORT_PUBLIC_URL: 'http://auth.example.test' }, OWN))).toMatch(
      /must be https in production/,
    )
  })

  test('says which origins are none, in production too', () => {
    for (const SALLYPORT_ALLOWED_ORIGINS of ['nonsense', 'https://a.example/', '*'])
      expect(problemsOf(() => guardConfiguration({ ...PRODUCTION, SALLYPORT_ALLOWED_ORIGINS }, OWN))).toMatch(
        /SALLYPORT_ALLOWED_ORIGINS must be origins/,
      )
  })

  test('is the same with and without its sentences, and has none only where nothing is to be said', () => {
    const names = [...Object.values({ ...GUARD_ROWS, ...OWN }).map((row) => row.name), 'SALLYPORT_REFRESH_SECRET', 'SALLYPORT_STRATEGIE', 'PATH']
    const words = [
      '',
      'jwt',
      'session',
      'production',
      'test',
      '0',
      '1',
      '9',
      '60',
      '300',
      '3600',
      'bearer',
      'cookie,bearer',
      'nonsense',
      'warn',
      ' ',
      'ü',
    ]
    const others = ['{}', '{"*":["me"]}', 'https://a.example', 'https://a.example/x/', 'http://a.example', 'https://a.example,https://b.example']
    const text = fc.constantFrom(...words, ...others)
    const environment = fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 6 })
    const given = fc.constantFrom<Environment>({}, GUARD, PRODUCTION)
    fc.assert(
      fc.property(given, environment, (base, changed) => {
        const whole = { ...base, ...changed }
        const [plain, judged] = [plainGuardConfiguration, judgedGuardConfiguration].map((read) => {
          try {
            return read(whole, OWN)
          } catch (error) {
            return error instanceof ConfigurationError ? error.message : expect.fail(String(error))
          }
        })
        if (plain !== null) expect(plain).toEqual(judged)
        else if (typeof judged !== 'string') expect(Object.keys(whole)).toContain('SALLYPORT_REFRESH_SECRET')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the variables of an app', () => {
  test('and every secret, those of before included, is known as one', () => {
    const previous = { SALLYPORT_REFRESH_SECRET_PREVIOUS: random() }
    const { settings } = appConfiguration({ ...GUARD, ...SECRETS, ...previous }, OWN)
    expect(secretsOf(settings).toSorted()).toEqual(Object.values({ ...SECRETS, ...previous }).toSorted())
  })

  test('are read with the settings, a problem among them is named with the others, and their names are known', () => {
    const { settings, own } = appConfiguration(GUARD, OWN, { localSecrets: () => SECRETS })
    expect([settings.strategy, own.table]).toEqual(['jwt', 'users'])
    const problems = problemsOf(() => appConfiguration({ SALLYPORT_STRATEGY: 'hidden', SALLYPORT_EXAMPLE_HOPS: '10' }, OWN))
    for (const variable of ['SALLYPORT_STRATEGY', 'SALLYPORT_EXAMPLE_TABLE', 'SALLYPORT_EXAMPLE_HOPS']) expect(problems).toContain(variable)
    expect(problemsOf(() => appConfiguration({ ...GUARD, SALLYPORT_EXAMPLE_TABEL: 'x' }, OWN))).toMatch(/did you mean SALLYPORT_EXAMPLE_TABLE/)
  })
})

const random = (): string => randomBytes(32).toString('base64')
const SECRETS: Environment = {
  SALLYPORT_REFRESH_SECRET: random(),
  SALLYPORT_KEY_ENCRYPTION_SECRET: random(),
  SALLYPORT_PASSWORD_PEPPER: random(),
}
