import { compose, type Application } from '@sallyport/composition'
import type { FunctionLogger } from '@sallyport/logging'
import { commonPasswords, passwordHasher } from '@sallyport/passwords'
import { datastoreStores, openDatastoreClient } from '@sallyport/store-datastore'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import type { ApiConfig } from './config.ts'

/** Datastore for everything, tokens and passwords in this process, audit events to the log. Loads the client; asks no store. */
export async function firebaseApplication(config: ApiConfig, log: FunctionLogger): Promise<Application> {
  const { settings, projectId, databaseId, namespace, environment } = config
  const client = await openDatastoreClient({ projectId, environment })
  return compose({
    settings,
    adapters: {
      stores: ({ clock }) => datastoreStores({ client, clock, projectId, databaseId, namespace }),
      tokenSigner: () => tokenSigner(),
      tokenVerifier: ({ clock, issuer }) =>
        tokenVerifier({ clock, issuer, audience: settings.audience, cache: { maxEntries: 10_000, maxAgeSeconds: settings.accessTokenSeconds } }),
      keyWrapper: ({ random }) =>
        aesKeyWrapper({ secret: settings.keyEncryptionSecret, previousSecrets: settings.keyEncryptionSecretsPrevious, random }),
      passwordHasher: ({ clock, random }) =>
        passwordHasher({
          algorithm: settings.passwordHash,
          pepper: Buffer.from(settings.passwordPepper),
          previousPeppers: settings.passwordPeppersPrevious.map((pepper) => Buffer.from(pepper)),
          bcryptCost: settings.bcryptCost,
          // To its owner it looks like a wrong password; only the operator can see that a pepper is missing.
          onUnreadable: (reason) => log.error(new Error(`A stored password hash cannot be judged: ${reason}`), null),
          clock,
          random,
        }),
      commonPasswords: () => commonPasswords(),
      auditLog: () => log.audit,
      reportError: log.error,
    },
  })
}
