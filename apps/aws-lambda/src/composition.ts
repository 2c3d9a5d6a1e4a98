import { compose, type Application } from '@sallyport/composition'
import type { FunctionLogger } from '@sallyport/logging'
import { commonPasswords, passwordHasher } from '@sallyport/passwords'
import { dynamodbStores } from '@sallyport/store-dynamodb'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import type { ApiConfig } from './config.ts'
import { dynamodbTransport } from './dynamodb.ts'

/** DynamoDB for everything, or all but sessions; tokens and passwords in this process, audit events to the log. Asks no store. */
export async function awsApplication(config: ApiConfig, log: FunctionLogger): Promise<Application> {
  const { settings, tableName, redisUrl } = config
  const transport = await dynamodbTransport(config)
  const redis = redisUrl === null ? null : await import('./redis-sessions.ts')
  return compose({
    settings,
    adapters: {
      stores: ({ clock }) => {
        const stores = dynamodbStores({ transport, table: { tableName }, clock })
        if (redis === null || redisUrl === null) return stores
        const { sessions, close } = redis.redisSessions(redisUrl, clock)
        return { ...stores, sessions, close: async () => void (await Promise.all([stores.close(), close()])) }
      },
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
