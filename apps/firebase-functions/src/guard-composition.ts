import { authorizer, recordAudit, systemClock } from '@sallyport/core'
import { guard, type Guard } from '@sallyport/guard'
import type { FunctionLogger } from '@sallyport/logging'
import { datastoreStores, type DatastoreClient } from '@sallyport/store-datastore'
import { deploymentChecker, firebase, hostedIssuers, ownAndHosted } from '@sallyport/tokens'
import type { GuardConfig } from './config.ts'

const CACHE_ENTRIES = 10_000

/** The guard of a function of its own, put together by hand: no container, no secret, nothing that only the API needs. */
export function guardOverDatastore(config: GuardConfig, client: DatastoreClient, log: FunctionLogger): Guard {
  const { settings, projectId, databaseId, namespace, firebaseUsers } = config
  const { transports, publicUrl, allowedOrigins } = settings
  const { sessions } = datastoreStores({ client, clock: systemClock, projectId, databaseId, namespace })
  const own = deploymentChecker({ settings, sessions, clock: systemClock, onError: (error) => log.error(error, null) })
  const strategy = firebaseUsers ? ownAndHosted({ own, issuer: publicUrl, hosted: firebaseIssuer(config, log) }) : own
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

/**
 * The users of Firebase Authentication, with a role where the Admin SDK has set the claim `roles`. Their tokens live for an hour, whatever is set here: a token older than
 * our revocation bound counts as expired, so that the bound holds for them too.
 */
function firebaseIssuer({ settings, firebaseProject }: GuardConfig, log: FunctionLogger): ReturnType<typeof hostedIssuers> {
  const { maximumRevocationSeconds } = settings
  return hostedIssuers({
    issuers: [firebase({ projectId: firebaseProject, roles: 'roles' })],
    clock: systemClock,
    maxTokenAgeSeconds: maximumRevocationSeconds,
    cache: { maxEntries: CACHE_ENTRIES, maxAgeSeconds: maximumRevocationSeconds },
    onError: (error) => log.error(error, null),
  })
}
