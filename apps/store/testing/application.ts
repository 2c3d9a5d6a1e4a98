import { compose, configuration, type Application } from '@sallyport/composition'
import type { StrategyName } from '@sallyport/core'
import { commonPasswords, passwordHasher } from '@sallyport/passwords'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import { openStores, type ProcessEnvironment } from '../src/composition.ts'
import { storeLocation } from '../src/store-location.ts'

/** The same at every store: what an operator takes along beside the data. */
export const API_SECRETS = {
  SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
  SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
  SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
}

/** The whole application over the store at that URL, as an app would compose it. */
export async function applicationAt(url: string, strategy: StrategyName, environment: ProcessEnvironment): Promise<Application> {
  const stores = await openStores(storeLocation(url), { create: true, environment })
  const application = compose({
    settings: configuration({ ...API_SECRETS, SALLYPORT_STRATEGY: strategy }),
    listeningUrl: 'http://localhost:4000',
    adapters: {
      stores: () => stores,
      tokenSigner: () => tokenSigner(),
      tokenVerifier: ({ settings, clock, issuer }) =>
        tokenVerifier({ clock, issuer, audience: settings.audience, cache: { maxEntries: 100, maxAgeSeconds: settings.accessTokenSeconds } }),
      keyWrapper: ({ settings, random }) => aesKeyWrapper({ secret: settings.keyEncryptionSecret, previousSecrets: [], random }),
      passwordHasher: ({ settings, clock, random }) =>
        passwordHasher({
          algorithm: settings.passwordHash,
          pepper: Buffer.from(settings.passwordPepper),
          previousPeppers: [],
          bcryptCost: settings.bcryptCost,
          onUnreadable: (reason) => {
            throw new Error(reason)
          },
          clock,
          random,
        }),
      commonPasswords: () => commonPasswords(),
      auditLog: () => ({ record: async () => {} }),
      reportError: (error) => {
        throw error
      },
    },
  })
  await application.ready()
  return application
}
