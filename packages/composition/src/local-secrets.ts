import { linkSync, lstatSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, systemRandom, type Random } from '@sallyport/core'
import type { Environment } from './configuration/read-variables.ts'

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
 * @throws ConfigurationError (`configuration`) when the directory cannot be made or everybody may write it, and when the file cannot be read, is damaged, is
 * another user's, or may be read by others: what it holds may be known then, so it is not tightened silently.
 */
export function localSecrets(directory: string, random: Random = systemRandom): LocalSecrets {
  prepareDirectory(directory)
  refuseOpenDirectory(directory)
  const path = join(directory, FILE_NAME)
  const created = !exists(path) && create(path, random)
  return { environment: read(path), path, created }
}

/** Makes the directory with mode 0700 and leaves one that exists as it is. Throws `ConfigurationError`. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new ConfigurationError(`The data directory cannot be made: ${directory} (${codeOf(cause)}).`, { cause })
  }
}

/** In a directory that everybody may write, others could put files of theirs in the place of ours; the sticky bit (as of /tmp) forbids that. */
function refuseOpenDirectory(directory: string): void {
  const mode = statSync(directory).mode
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
    throw new ConfigurationError(`Everybody may write the data directory: ${directory}. Set its mode to 0700, or take another one.`)
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
  const found = lstatOf(path)
  if (found !== null && (!found.isFile() || found.uid !== (process.getuid?.() ?? found.uid))) {
    throw new ConfigurationError(`The local secrets are not a file of this user: ${path}. Somebody else may know what they say.`)
  }
  // Windows has no such modes.
  if (found !== null && (found.mode & 0o077) !== 0 && process.platform !== 'win32') {
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

function lstatOf(path: string): Stats | null {
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
