import { ConfigurationError } from '@sallyport/core'
import { contradictionsIn } from './contradictions.ts'
import type { Settings } from './settings.ts'
import { closestName } from './closest-name.ts'
import { VARIABLES, type Variable } from './variables.ts'

export type Environment = { readonly [name: string]: string | undefined }

export interface ConfigurationOptions {
  /**
   * Gives what a development machine lacks: values by variable name. Asked outside production only, only when a secret is missing, and only when all
   * else is right, with the directory for data. What it gives is judged like the rest.
   */
  readonly localSecrets?: (dataDirectory: string) => Environment
}

const ROWS = Object.entries(VARIABLES) as readonly (readonly [keyof Settings, Variable<unknown>])[]

/**
 * The settings that the environment asks for. A variable that is empty counts as not set.
 *
 * @throws ConfigurationError (`configuration`) that names every problem at once and quotes no value: wrong forms, contradictions, secrets that are missing,
 * short, samples or equal (RFC 8725 section 3.5), and names that begin with `SALLYPORT_` and mean nothing, which are most often misspelt.
 */
export function configuration(environment: Environment, { localSecrets }: ConfigurationOptions = {}): Settings {
  const problems = unknownNames(environment)
  const found = readAll(environment, problems)
  const production = environment['NODE_ENV'] === 'production'
  const missing = ROWS.filter(([key, row]) => !(key in found) && !isSet(environment, row))
  const lacked = missing.filter(([, row]) => row.default === 'required' || (production && row.requiredInProduction === true))
  const defaults = Object.fromEntries(missing.map(([key, row]) => [key, row.default === 'required' ? '' : row.default.value]))
  const settings = { ...defaults, ...found } as unknown as Settings

  const canBeMade = !production && localSecrets !== undefined
  if (!canBeMade) for (const [, row] of lacked) problems.push(`${row.name} must be set: ${row.kind.form}`)
  if (problems.length === 0) problems.push(...contradictionsIn(settings))
  if (problems.length > 0) throw new ConfigurationError(`The configuration is wrong:\n${problems.map((problem) => `- ${problem}.`).join('\n')}`)
  if (lacked.length === 0 || localSecrets === undefined) return withHost(settings, production)

  const made = localSecrets(settings.dataDirectory)
  return configuration({ ...environment, ...Object.fromEntries(lacked.map(([, row]) => [row.name, made[row.name]])) })
}

function readAll(environment: Environment, problems: string[]): Partial<Record<keyof Settings, unknown>> {
  const found: Partial<Record<keyof Settings, unknown>> = {}
  for (const [key, row] of ROWS) {
    const text = environment[row.name]
    if (text === undefined || text === '') continue
    const read = row.kind.read(text)
    if (read === null || typeof read === 'string') problems.push(`${row.name} must be ${read ?? row.kind.form}`)
    else found[key] = read.value
  }
  return found
}

function isSet(environment: Environment, row: Variable<unknown>): boolean {
  const text = environment[row.name]
  return text !== undefined && text !== ''
}

function unknownNames(environment: Environment): string[] {
  const known = ROWS.map(([, row]) => row.name)
  return Object.keys(environment)
    .filter((name) => name.startsWith('SALLYPORT_') && !known.includes(name))
    .map((name) => {
      const close = closestName(name, known)
      return `${JSON.stringify(name.slice(0, 80))} is not a variable of Sallyport${close === null ? '' : `; did you mean ${close}`}`
    })
}

/** A development machine is nobody else's business. */
function withHost(settings: Settings, production: boolean): Settings {
  return settings.host !== null || production ? settings : { ...settings, host: '127.0.0.1' }
}
