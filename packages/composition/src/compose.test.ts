import { readFileSync } from 'node:fs'
import { ConfigurationError, InvariantError, type Clock, type KeyStore, type Random, type SessionStore, type Stores } from '@sallyport/core'
import type { Container, ServiceIdentifier } from 'inversify'
import { describe, expect, it } from 'vitest'
import type { Adapters } from './adapters.ts'
import { compose, containerOf } from './compose.ts'
import { configuration } from './configuration/configuration.ts'
import type { Environment } from './configuration/read-variables.ts'
import { keyRingSettings } from './modules/jwt-module.ts'
import { httpSettings } from './modules/http-module.ts'
import * as tokens from './tokens.ts'
import { VERSION } from './version.ts'

const environment: Environment = {
  SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
  SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
  SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
}

function adapters(called: string[]): Adapters {
  const unused = (): never => {
    throw new InvariantError('Nothing is called while putting together')
  }
  const note = <T>(name: string, value: T): T => {
    called.push(name)
    return value
  }
  const close = (name: string) => (): Promise<void> => Promise.resolve(note(`close ${name}`, undefined))
  return {
    stores: () => note('stores', { users: {}, sessions: {}, oneTimeTokens: {}, counters: {}, keys: {}, close: close('stores') } as unknown as Stores),
    tokenSigner: () => note('tokenSigner', { generate: unused, importPrivate: unused, sign: unused }),
    tokenVerifier: ({ issuer }) => note(`tokenVerifier of ${issuer}`, { trust: unused, verify: unused }),
    keyWrapper: () => note('keyWrapper', { wrap: unused, unwrap: unused }),
    passwordHasher: () => note('passwordHasher', { hash: unused, verify: unused, close: close('passwordHasher') }),
    commonPasswords: () => note('commonPasswords', { includes: unused }),
    auditLog: () => note('auditLog', { record: unused }),
    reportError: unused,
  }
}

describe.each(['jwt', 'session'])('the %s strategy', (strategy) => {
  const settings = configuration({ ...environment, SALLYPORT_STRATEGY: strategy })
  const listeningUrl = 'http://localhost:4000'

  it('resolves every token, each to one value, making each adapter once', () => {
    const called: string[] = []
    const container = containerOf({ settings, adapters: adapters(called), listeningUrl })
    for (const [name, token] of Object.entries(tokens)) {
      const value: unknown = container.get(token as ServiceIdentifier)
      expect([name, value]).not.toEqual([name, undefined])
      expect(container.get(token as ServiceIdentifier)).toBe(value)
    }
    expect(new Set(called).size).toBe(called.length)
    expect(called).toHaveLength(7)
  })

  it('makes nothing that it does not need, and closes what it made', async () => {
    const called: string[] = []
    const application = compose({ settings, adapters: adapters(called), listeningUrl })
    const keys = strategy === 'jwt' ? ['keyWrapper', 'tokenSigner', 'tokenVerifier of http://localhost:4000'] : []
    expect(called.toSorted()).toEqual(['auditLog', 'commonPasswords', 'passwordHasher', 'stores', ...keys].toSorted())
    expect(application).toMatchObject({ publicUrl: listeningUrl, revocationBoundSeconds: strategy === 'jwt' ? 300 : 0 })
    expect(application.authentication.strategy).toBe(strategy)
    await application.close()
    expect(called.slice(-2)).toEqual(['close passwordHasher', 'close stores'])
  })
})

describe('the composition', () => {
  it('takes the configured public URL before the one it listens on, and needs one of them', () => {
    const configured = configuration({ ...environment, SALLYPORT_PUBLIC_URL: 'https://auth.example.com' })
    expect(compose({ settings: configured, adapters: adapters([]), listeningUrl: 'http://localhost:1' }).publicUrl).toBe('https://auth.example.com')
    expect(() => compose({ settings: configuration(environment), adapters: adapters([]) })).toThrow(ConfigurationError)
  })

  it('overrides single limits, and refuses an override of none', () => {
    const limitsOf = (overrides: string): unknown =>
      httpSettings(configuration({ ...environment, SALLYPORT_RATE_LIMIT_OVERRIDES: overrides }), 'http://localhost').limits
    expect(limitsOf('password-pair=3/60')).toMatchObject({
      password: expect.arrayContaining([{ name: 'password', subject: 'pair', limit: 3, windowSeconds: 60 }]) as unknown,
    })
    expect(() => limitsOf('password-world=3/60')).toThrow('names a limit that is none of password-pair')
    expect(httpSettings(configuration({ ...environment, SALLYPORT_RATE_LIMITS: 'off' }), 'http://localhost').limits).toBe('off')
  })

  it.each([3600, 7200, 86_400, 7_776_000])('publishes keys that sign for %i s so early that every instance reads them twice before', (seconds) => {
    const { refreshSeconds, publishLeadSeconds, rotationSeconds } = keyRingSettings(
      configuration({ ...environment, SALLYPORT_KEY_ROTATION_SECONDS: String(seconds) }),
    )
    expect(2 * refreshSeconds).toBeLessThanOrEqual(publishLeadSeconds)
    expect(2 * publishLeadSeconds).toBeLessThanOrEqual(rotationSeconds)
  })

  it('has the version of its package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
    expect(VERSION).toBe(manifest.version)
  })
})

// Never run: what the compiler must refuse.
export function refusedByTheCompiler(container: Container, clock: Clock, random: Random, sessions: SessionStore, keys: KeyStore): void {
  // @ts-expect-error a value of another type
  container.bind(tokens.CLOCK).toConstantValue(random)
  // @ts-expect-error a store of another port
  container.bind(tokens.SESSIONS).toConstantValue(keys)
  // @ts-expect-error tokens in another order than the arguments
  container.bind(tokens.SESSIONS).toResolvedValue((_clock: Clock, _random: Random) => sessions, [tokens.RANDOM, tokens.CLOCK])
  // @ts-expect-error a token missing
  container.bind(tokens.SESSIONS).toResolvedValue((_clock: Clock, _random: Random) => sessions, [tokens.CLOCK])
  // @ts-expect-error a bare text in place of the public URL
  container.bind(tokens.PUBLIC_URL).toConstantValue('https://auth.example.com')
  // @ts-expect-error what `get` returns has the token's type
  const wrong: Random = container.get(tokens.CLOCK)
  container.bind(tokens.CLOCK).toConstantValue(clock)
  void wrong
}
