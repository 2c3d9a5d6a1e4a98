import { describe, expect, it } from 'vitest'
import { ConfigurationError } from './errors.ts'
import { revocationBoundSeconds } from './revocation-bound.ts'

const settings = { strategy: 'jwt', accessTokenSeconds: 300, authorizerTtlSeconds: 0, sessionCacheSeconds: 0, maximumSeconds: 900 } as const

describe('revocationBoundSeconds', () => {
  it('is the life of a token in the jwt strategy and nothing in the session strategy', () => {
    expect(revocationBoundSeconds(settings)).toBe(300)
    expect(revocationBoundSeconds({ ...settings, strategy: 'session' })).toBe(0)
  })

  it('adds what a gateway or a guard remembers', () => {
    expect(revocationBoundSeconds({ ...settings, authorizerTtlSeconds: 300 })).toBe(600)
    expect(revocationBoundSeconds({ ...settings, strategy: 'session', authorizerTtlSeconds: 60, sessionCacheSeconds: 5 })).toBe(65)
  })

  it('refuses a configuration above the maximum, and takes one at it', () => {
    expect(revocationBoundSeconds({ ...settings, accessTokenSeconds: 900 })).toBe(900)
    expect(() => revocationBoundSeconds({ ...settings, accessTokenSeconds: 901 })).toThrow(ConfigurationError)
    expect(() => revocationBoundSeconds({ ...settings, accessTokenSeconds: 600, authorizerTtlSeconds: 301 })).toThrow(ConfigurationError)
  })
})
