import { authorizer, recordAudit, systemClock } from '@sallyport/core'
import { guard, type Guard } from '@sallyport/guard'
import type { FunctionLogger } from '@sallyport/logging'
import { redisStores, type RedisClient } from '@sallyport/store-redis'
import { deploymentChecker } from '@sallyport/tokens'
import type { GuardConfig } from './config.ts'

/** The guard of a function app of its own, put together by hand: no container, none of the API's secrets, nothing that only the API needs. */
export function guardOverRedis({ settings, prefix }: GuardConfig, client: RedisClient, log: FunctionLogger): Guard {
  const { transports, publicUrl, allowedOrigins } = settings
  const { sessions } = redisStores({ client, clock: systemClock, prefix })
  const strategy = deploymentChecker({ settings, sessions, clock: systemClock, onError: (error) => log.error(error, null) })
  return guard({
    authorize: authorizer({ strategy, clock: systemClock }),
    clock: systemClock,
    transports,
    publicUrl,
    allowedOrigins,
    audit: recordAudit({ log: log.audit, clock: systemClock, onFailure: settings.auditFailure }),
    onError: log.error,
  })
}
