import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, systemRandom, type Random } from '@sallyport/core'
import type { Environment } from './configuration/configuration.ts'

export interface LocalSecrets {
  /** Values by variable name. */
  readonly environment: Environment
  readonly path: string
  /** By this call; of any number of processes at once exactly one is told `true`. */
  readonly created: boolean
}

const FILE_NAME = 'secrets.json'
const NAMES = ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER'] as const

/**
 * The secrets of a development machine: kept beside the database in `secrets.json` (mode 0600, its directory 0700) and made when absent. Never called in
 * production. At once: the file appears whole under its name for one process, by a link that fails when the name is taken, and the others read that one.
 *
 * @throws ConfigurationError (`configuration`) when the directory cannot be made, and when the file cannot be read, is damaged, or may be read by others
 * than its owner: what it holds may be known then, so it is not tightened silently.
 */
export function localSecrets(directory: string, random: Random = systemRandom): LocalSecrets {
  prepareDirectory(directory)
  const path = join(directory, FILE_NAME)
  const created = !exists(path) && create(path, random)
  return { environment: read(path), path, created }
}

/** Makes the directory with mode 0700, or takes away what others may do in one that exists. Twice: the same. Throws `ConfigurationError`. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const { mode } = lstatSync(directory)
    if ((mode & 0o022) !== 0) chmodSync(directory, 0o700)
  } catch (cause) {
    throw new ConfigurationError(`The data directory cannot be made or written: ${directory} (${codeOf(cause)}).`, { cause })
  }
}

/** `false` when another process was faster. */
function create(path: string, random: Random): boolean {
  const text = (length: number): string => Buffer.from(random.bytes(length)).toString('base64url')
  const secrets = Object.fromEntries(NAMES.map((name) => [name, text(32)]))
  const temporary = `${path}.${process.pid}.${text(6)}`
  try {
    writeFileSync(temporary, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true })
    linkSync(temporary, path)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw new ConfigurationError(`The local secrets cannot be written: ${path} (${codeOf(cause)}).`, { cause })
  } finally {
    forget(temporary)
  }
}

function read(path: string): Environment {
  if ((lstatOf(path)?.mode ?? 0) & 0o077) {
    throw new ConfigurationError(
      `Others may read the local secrets: ${path}. Remove the file to have new ones made, or set its mode to 0600 if you trust whoever could.`,
    )
  }
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    // A JSON error quotes its input, which is the secrets.
    throw new ConfigurationError(`The local secrets cannot be read: ${path} (${codeOf(cause)}).`)
  }
  const values = typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {}
  const missing = NAMES.filter((name) => typeof values[name] !== 'string')
  if (missing.length > 0) throw new ConfigurationError(`The local secrets in ${path} lack ${missing.join(', ')}.`)
  return Object.fromEntries(NAMES.map((name) => [name, String(values[name])]))
}

function exists(path: string): boolean {
  return lstatOf(path) !== null
}

function lstatOf(path: string): { readonly mode: number } | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch (cause) {
    throw new ConfigurationError(`The local secrets cannot be looked at: ${path} (${codeOf(cause)}).`, { cause })
  }
}

function forget(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Never written, or gone already.
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : error instanceof SyntaxError ? 'not JSON' : 'unknown'
}
