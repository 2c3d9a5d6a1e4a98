import { randomBytes } from 'node:crypto'
import { ConfigurationError } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { apiConfig, guardConfig } from './config.ts'

const secret = (): string => randomBytes(40).toString('base64url')
const GUARD = {
  NODE_ENV: 'production',
  SALLYPORT_PUBLIC_URL: 'https://ada-api.azurewebsites.net',
  SALLYPORT_REDIS_URL: 'rediss://ada-redis.westeurope.redis.azure.net:10000',
  SALLYPORT_REDIS_PASSWORD: secret(),
}
const SECRETS = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }
const API = { ...GUARD, ...SECRETS }

function reasonOf(start: () => unknown): string {
  try {
    start()
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
  return 'it started'
}

describe('a reference to Key Vault that the platform did not resolve', () => {
  it.each([
    '@Microsoft.KeyVault(VaultName=ada-vault;SecretName=hX7vq0ZrT3mWc9Lk)',
    '@Microsoft.KeyVault(SecretUri=https://ada-vault.vault.azure.net/hX7vq0ZrT3mWc9Lk/)',
    ' @microsoft.keyvault(VaultName=ada-vault;SecretName=hX7vq0ZrT3mWc9Lk)',
  ])('is not taken for a value, and not repeated: %s', (reference) => {
    for (const name of ['SALLYPORT_REDIS_PASSWORD', ...Object.keys(SECRETS), 'SALLYPORT_PASSWORD_PEPPER_PREVIOUS']) {
      const reason = reasonOf(() => apiConfig({ ...API, [name]: reference }))
      expect(reason).toContain(`- ${name} is a reference to Key Vault that was not resolved.`)
      expect(reason).not.toContain('ada-vault')
    }
    expect(reasonOf(() => guardConfig({ ...GUARD, SALLYPORT_REDIS_PASSWORD: reference }))).toContain('SALLYPORT_REDIS_PASSWORD is a reference')
  })

  it('is named with all others, as at a first start before the secrets are there', () => {
    const reference = '@Microsoft.KeyVault(VaultName=ada-vault;SecretName=x)'
    const reason = reasonOf(() => apiConfig(Object.fromEntries(Object.keys(API).map((name) => [name, name in SECRETS ? reference : 'x']))))
    expect(reason.match(/was not resolved/g)).toHaveLength(3)
  })

  it('is none where it stands for nothing of ours, or is resolved', () => {
    expect(apiConfig({ ...API, OTHER: '@Microsoft.KeyVault(VaultName=v;SecretName=s)' }).password).toBe(GUARD.SALLYPORT_REDIS_PASSWORD)
    expect(guardConfig(GUARD).password).toBe(GUARD.SALLYPORT_REDIS_PASSWORD)
  })
})
