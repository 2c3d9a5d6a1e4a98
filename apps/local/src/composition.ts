import { dirname } from 'node:path'
import { compose, prepareDirectory, type Adapters, type Application } from '@sallyport/composition'
import type { NodeLogger } from '@sallyport/platform-node'
import { standardAdapters } from '@sallyport/standard-adapters'
import { sqliteStores } from '@sallyport/store-sqlite'
import type { LocalConfig } from './config.ts'

/** SQLite for everything, tokens and passwords in this process, audit events to the log. */
function localAdapters({ databasePath }: LocalConfig, log: NodeLogger): Adapters {
  return {
    stores: ({ clock }) => {
      prepareDirectory(dirname(databasePath))
      return sqliteStores({ path: databasePath, clock })
    },
    ...standardAdapters({ onError: log.error }),
    auditLog: () => log.audit,
    reportError: log.error,
  }
}

export function localApplication(config: LocalConfig, log: NodeLogger, listeningUrl: string): Application {
  return compose({ settings: config.settings, adapters: localAdapters(config, log), listeningUrl })
}
