import { authorizer, recordAudit, systemClock } from '@sallyport/core'
import { guard, type Guard } from '@sallyport/guard'
import type { FunctionLogger } from '@sallyport/logging'
import { datastoreStores, type DatastoreClient } from '@sallyport/store-datastore'
import { deploymentChecker } from '@sallyport/tokens'
import type { GuardConfig } from './config.ts'

/** The guard of a function of its own, put together by hand: no container, no secret, nothing that only the API needs. */
export function guardOverDatastore(config: GuardConfig, client: DatastoreClient, log: FunctionLogger): Guard {
  const { settings, projectId, databaseId, namespace } = config
  const { transports, publicUrl, allowedOrigins } = settings
  const { sessions } = datastoreStores({ client, clock: systemClock, projectId, databaseId, namespace })
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
