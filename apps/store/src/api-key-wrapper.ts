import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { localSecrets, secret, type Environment } from '@sallyport/composition'
import { ConfigurationError, systemRandom, type KeyWrapper, type SigningKey } from '@sallyport/core'
import { aesKeyWrapper } from '@sallyport/tokens'
import type { StoreLocation } from './store-location.ts'

const SECRET = 'SALLYPORT_KEY_ENCRYPTION_SECRET'
const PREVIOUS = 'SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS'

export interface ApiKeyWrapperOptions {
  readonly location: StoreLocation
  readonly environment: Environment
  /** A key that the API's instances open: a secret that does not open it seals nothing, because they could not open that either. */
  readonly witness: SigningKey
}

/**
 * Seals as the API does, under its secret. The secret is looked for when something is to be sealed: most calls seal nothing. Then throws `ConfigurationError` (`configuration`),
 * which repeats no value, when it is missing, weak or another one.
 */
export function apiKeyWrapper({ location, environment, witness }: ApiKeyWrapperOptions): Pick<KeyWrapper, 'wrap'> {
  return {
    async wrap(plain, kid) {
      const wrapper = aesKeyWrapper({ ...secretsAt(location, environment), random: systemRandom })
      try {
        await wrapper.unwrap(witness.wrappedPrivateKey ?? '', witness.kid)
      } catch {
        throw new ConfigurationError(
          `Nothing has changed: ${SECRET} does not open the key of generation ${witness.generation}, nor does a previous one. It must be that of the API, which has to open what is sealed here.`,
        )
      }
      return wrapper.wrap(plain, kid)
    },
  }
}

function secretsAt(location: StoreLocation, environment: Environment): { readonly secret: string; readonly previousSecrets: readonly string[] } {
  const text = environment[SECRET] || localSecret(location, environment)
  if (text === undefined)
    throw new ConfigurationError(`Nothing has changed: ${SECRET} must be set, as the API has it. It seals the key that is to be made.`)
  const previous = environment[PREVIOUS] || null
  return { secret: strong(SECRET, text), previousSecrets: previous?.split(',').map((each) => strong(`A previous ${SECRET}`, each.trim())) ?? [] }
}

/** The local app keeps its secrets beside its database when the environment has none, outside production. */
function localSecret(location: StoreLocation, environment: Environment): string | undefined {
  if (location.store !== 'sqlite' || environment['NODE_ENV'] === 'production') return undefined
  const directory = dirname(location.path)
  return existsSync(join(directory, 'secrets.json')) ? localSecrets(directory).environment[SECRET] : undefined
}

function strong(name: string, text: string): string {
  const read = secret.read(text)
  if (read !== null && typeof read !== 'string') return read.value
  throw new ConfigurationError(`Nothing has changed: ${name} must be ${read ?? secret.form}.`)
}
