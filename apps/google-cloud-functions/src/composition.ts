import { compose, type Application } from '@sallyport/composition'
import type { FunctionLogger } from '@sallyport/logging'
import { standardAdapters } from '@sallyport/standard-adapters'
import { datastoreStores, openDatastoreClient } from '@sallyport/store-datastore'
import type { ApiConfig } from './config.ts'

/** Datastore for everything, tokens and passwords in this process, audit events to the log. Loads the client; asks no store. */
export async function googleApplication(config: ApiConfig, log: FunctionLogger): Promise<Application> {
  const { settings, projectId, databaseId, namespace, environment } = config
  const client = await openDatastoreClient({ projectId, environment })
  return compose({
    settings,
    adapters: {
      stores: ({ clock }) => datastoreStores({ client, clock, projectId, databaseId, namespace }),
      ...standardAdapters({ onError: log.error }),
      auditLog: () => log.audit,
      reportError: log.error,
    },
  })
}
