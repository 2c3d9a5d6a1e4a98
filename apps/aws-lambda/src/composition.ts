import { compose, type Application } from '@sallyport/composition'
import type { FunctionLogger } from '@sallyport/logging'
import { standardAdapters } from '@sallyport/standard-adapters'
import { dynamodbStores } from '@sallyport/store-dynamodb'
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
      ...standardAdapters({ onError: log.error }),
      auditLog: () => log.audit,
      reportError: log.error,
    },
  })
}
