import { dirname } from 'node:path'
import { compose, prepareDirectory, type Adapters, type Application } from '@sallyport/composition'
import { commonPasswords, passwordHasher } from '@sallyport/passwords'
import type { NodeLogger } from '@sallyport/platform-node'
import { sqliteStores } from '@sallyport/store-sqlite'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import type { LocalConfig } from './config.ts'

/** SQLite for everything, tokens and passwords in this process, audit events to the log. */
function localAdapters({ databasePath }: LocalConfig, log: NodeLogger): Adapters {
  return {
    stores: ({ clock }) => {
      prepareDirectory(dirname(databasePath))
      return sqliteStores({ path: databasePath, clock })
    },
    tokenSigner: () => tokenSigner(),
    tokenVerifier: ({ settings, clock, issuer }) =>
      tokenVerifier({ clock, issuer, audience: settings.audience, cache: { maxEntries: 10_000, maxAgeSeconds: settings.accessTokenSeconds } }),
    keyWrapper: ({ settings, random }) =>
      aesKeyWrapper({ secret: settings.keyEncryptionSecret, previousSecrets: settings.keyEncryptionSecretsPrevious, random }),
    passwordHasher: ({ settings, clock, random }) =>
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
  }
}

export function localApplication(config: LocalConfig, log: NodeLogger, listeningUrl: string): Application {
  return compose({ settings: config.settings, adapters: localAdapters(config, log), listeningUrl })
}
