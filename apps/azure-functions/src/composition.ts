import { compose, type Application } from '@sallyport/composition'
import type { FunctionLogger } from '@sallyport/logging'
import { standardAdapters } from '@sallyport/standard-adapters'
import { redisStores } from '@sallyport/store-redis'
import type { ApiConfig } from './config.ts'
import { redisClient } from './redis-client.ts'

/** Redis for everything, tokens and passwords in this process, audit events to the log. Asks no store. */
export function azureApplication(config: ApiConfig, log: FunctionLogger): Application {
  const { settings, prefix } = config
  return compose({
    settings,
    adapters: {
      stores: ({ clock }) => redisStores({ client: redisClient(config), clock, prefix }),
      ...standardAdapters({ onError: log.error }),
      auditLog: () => log.audit,
      reportError: log.error,
    },
  })
}
