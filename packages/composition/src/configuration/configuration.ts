import { contradictionsIn } from './contradictions.ts'
import { mustBeOfForm, mustBeSet, throwIfAny } from './problems.ts'
import { readVariables, type Environment } from './read-variables.ts'
import type { Settings } from './settings.ts'
import { unknownNames } from './unknown-names.ts'
import type { VariablesOf } from './variable.ts'
import { VARIABLES } from './variables.ts'

export interface ConfigurationOptions {
  /**
   * Gives what a development machine lacks: values by variable name. Asked outside production only, only when a secret is missing, and only when all
   * else is right, with the directory for data. What it gives is judged like the rest.
   */
  readonly localSecrets?: (dataDirectory: string) => Environment
}

/**
 * The settings that the environment asks for. A variable that is empty counts as not set.
 *
 * @throws ConfigurationError (`configuration`) that names every problem at once and quotes no value: wrong forms, contradictions, secrets that are missing,
 * short, samples or equal (RFC 8725 section 3.5), and names that begin with `SALLYPORT_` and mean nothing, which are most often misspelt.
 */
export function configuration(environment: Environment, options: ConfigurationOptions = {}): Settings {
  return appConfiguration<object>(environment, {}, options).settings
}

/** `configuration`, and the variables of the app itself, such as the name of its table; a problem among them is named with the others. */
export function appConfiguration<Own>(
  environment: Environment,
  ownVariables: VariablesOf<Own>,
  { localSecrets }: ConfigurationOptions = {},
): { readonly settings: Settings; readonly own: Own } {
  const production = environment['NODE_ENV'] === 'production'
  const { values: settings, lacked, refused } = readVariables<Settings>(environment, VARIABLES, production)
  const own = readVariables<Own>(environment, ownVariables, production)
  const problems = [...unknownNames(environment, Object.values(ownVariables)), ...[...refused, ...own.refused].map(mustBeOfForm)]

  const canBeMade = !production && localSecrets !== undefined
  if (!canBeMade) problems.push(...lacked.map(mustBeSet))
  problems.push(...own.lacked.map(mustBeSet))
  if (problems.length === 0) problems.push(...contradictionsIn(settings))
  throwIfAny(problems)
  if (lacked.length === 0 || localSecrets === undefined) return { settings: withHost(settings, production), own: own.values }

  const made = localSecrets(settings.dataDirectory)
  return appConfiguration({ ...environment, ...Object.fromEntries(lacked.map(({ name }) => [name, made[name]])) }, ownVariables)
}

/** A development machine is nobody else's business. */
function withHost(settings: Settings, production: boolean): Settings {
  return settings.host !== null || production ? settings : { ...settings, host: '127.0.0.1' }
}
