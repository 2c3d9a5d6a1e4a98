import type { Authentication } from '@sallyport/core'
import type { HttpApplication } from '@sallyport/http'
import { Container, type ContainerModule } from 'inversify'
import type { Adapters } from './adapters.ts'
import type { Settings } from './configuration/settings.ts'
import { adaptersModule } from './modules/adapters-module.ts'
import { auditModule } from './modules/audit-module.ts'
import { authenticationModule } from './modules/authentication-module.ts'
import { httpModule } from './modules/http-module.ts'
import { jwtModule } from './modules/jwt-module.ts'
import { sessionModule } from './modules/session-module.ts'
import { settingsModule } from './modules/settings-module.ts'
import { systemModule } from './modules/system-module.ts'
import { AUTHENTICATION, HTTP_APPLICATION, KEY_RING, PASSWORD_HASHER, PUBLIC_URL, REVOCATION_BOUND, STORES } from './tokens.ts'

export interface Composition {
  readonly settings: Settings
  readonly adapters: Adapters
  /** Where this process listens: the public URL when none is configured. */
  readonly listeningUrl?: string
}

export interface Application {
  readonly http: HttpApplication
  readonly authentication: Authentication
  readonly publicUrl: string
  readonly revocationBoundSeconds: number
  /**
   * Reads the signing keys, and makes the first one when there is none; nothing in the session strategy. Requests that come before wait for it, so an app
   * calls it at start in order to fail at start. Throws `ConfigurationError`, `StoreUnavailableError`.
   */
  readonly ready: () => Promise<void>
  /** Lets hashes under way finish, then frees what the stores hold. After the server has stopped. Twice: the same. */
  readonly close: () => Promise<void>
}

/** Every module under one container, each value made once. Resolves nothing by itself. */
export function containerOf({ settings, adapters, listeningUrl }: Composition): Container {
  const container = new Container({ defaultScope: 'Singleton' })
  for (const module of modulesOf({ settings, adapters, ...(listeningUrl === undefined ? {} : { listeningUrl }) })) container.load(module)
  return container
}

function modulesOf({ settings, adapters, listeningUrl }: Composition): readonly ContainerModule[] {
  return [
    settingsModule(settings, listeningUrl ?? null),
    systemModule(),
    adaptersModule(adapters),
    auditModule(),
    settings.strategy === 'jwt' ? jwtModule() : sessionModule(),
    authenticationModule(),
    httpModule(),
  ]
}

/** Puts the application together. Opens the stores; listens nowhere. Throws what the adapters throw at construction, `ConfigurationError` most of all. */
export function compose(composition: Composition): Application {
  const container = containerOf(composition)
  const http = container.get(HTTP_APPLICATION)
  return {
    http,
    authentication: container.get(AUTHENTICATION),
    publicUrl: container.get(PUBLIC_URL).publicUrl,
    revocationBoundSeconds: container.get(REVOCATION_BOUND).boundSeconds,
    ready: async () => {
      await container.get(KEY_RING)?.load()
    },
    close: async () => {
      await container.get(PASSWORD_HASHER).close()
      await container.get(STORES).close()
    },
  }
}
