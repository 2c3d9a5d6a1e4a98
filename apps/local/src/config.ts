import { join, resolve } from 'node:path'
import { configuration, localSecrets, type Environment, type LocalSecrets, type Settings } from '@sallyport/composition'

export interface LocalConfig {
  readonly settings: Settings
  readonly databasePath: string
  /** `null` when all secrets came from the environment. */
  readonly secrets: LocalSecrets | null
}

/** The environment, checked. Outside production missing secrets are made beside the database. Throws `ConfigurationError` (`configuration`). */
export function localConfig(environment: Environment): LocalConfig {
  let secrets: LocalSecrets | null = null
  const settings = configuration(environment, {
    localSecrets: (directory) => {
      secrets = localSecrets(resolve(directory))
      return secrets.environment
    },
  })
  return { settings, databasePath: join(resolve(settings.dataDirectory), 'sallyport.db'), secrets }
}
