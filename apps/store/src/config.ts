import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ConfigurationError } from '@sallyport/core'
import {
  storeLocation,
  TABLE_NAMES,
  tableOptions,
  type DatastoreLocation,
  type DynamodbLocation,
  type RedisLocation,
  type StoreLocation,
} from './store-location.ts'
import type { ProcessEnvironment } from './composition.ts'

/** What one call of this program is to do. */
export type Command = { readonly name: 'help' } | ProvisionCommand | ExportCommand | ImportCommand | RolesCommand | KeysCommand

export interface ProvisionCommand {
  readonly name: 'create' | 'verify' | 'describe'
  readonly location: StoreLocation
  readonly as: DescriptionFormat
  readonly table: TableChoices
  readonly environment: ProcessEnvironment
}

export type DescriptionFormat = 'cloudformation' | 'terraform' | 'json'

export interface TableChoices {
  readonly pointInTimeRecovery: boolean
  readonly deletionProtection: boolean
  readonly provisioned?: { readonly readCapacityUnits: number; readonly writeCapacityUnits: number }
}

export interface ExportCommand {
  readonly name: 'export'
  readonly from: StoreLocation
  /** `null`: standard output. */
  readonly file: string | null
  readonly sessions: boolean
  readonly keys: boolean
  readonly environment: ProcessEnvironment
}

export interface ImportCommand {
  readonly name: 'import'
  readonly to: StoreLocation
  readonly file: string
  readonly progress: string
  readonly sessions: boolean
  readonly keys: boolean
  readonly verify: boolean
  readonly environment: ProcessEnvironment
}

export interface RolesCommand {
  readonly name: 'roles'
  readonly users: StoreLocation
  /** Where the sessions are that carry the roles: with the users, unless told. */
  readonly sessions: StoreLocation | null
  readonly email: string
  readonly roles: readonly string[]
  readonly environment: ProcessEnvironment
}

export interface KeysCommand {
  readonly name: 'keys'
  readonly of: StoreLocation
  readonly rotate: boolean
  /** Ids of keys; empty for none. */
  readonly retire: readonly string[]
  readonly environment: ProcessEnvironment
}

export const HELP = `usage: npm run --silent store -- <command> …

create    --store dynamodb|sqlite                   makes the table or file, or what it lacks
verify    --store dynamodb|datastore|redis|sqlite   says what is missing or unsound; exit code 1 when there is such
describe  --store dynamodb|datastore|redis          prints the set-up for other tools
  dynamodb:  --table NAME [--region R] [--endpoint URL] [--as cloudformation|terraform|json]
             [--read-capacity N --write-capacity N] [--no-point-in-time-recovery] [--no-deletion-protection]
             [--partition-key, --sort-key, --ttl-attribute, --listing-attribute, --listing-index NAME]
  datastore: --project ID [--database ID] [--namespace NAME]
  redis:     --url redis://HOST:PORT
  sqlite:    --path FILE

export    --from STORE [--file FILE] [--sessions] [--keys]
import    --to STORE --file FILE [--sessions] [--keys] [--verify] [--progress FILE]
roles     --of STORE --email ADDRESS --set ROLE,ROLE… [--sessions STORE]     gives that user exactly these roles; --set '' takes all
keys      --of STORE                               lists the signing keys
keys      --of STORE --rotate                      publishes the next key now, which signs in ten minutes: nobody is refused
keys      --of STORE --retire=KID [--retire=KID]   ends leaked keys at once; when the one that signs is among them another one signs first
  A key that is made is sealed by SALLYPORT_KEY_ENCRYPTION_SECRET of the environment, which must be the API's.
  STORE: sqlite:PATH, dynamodb:TABLE?region=R&endpoint=URL, datastore:PROJECT?namespace=N, redis://HOST:PORT/0?prefix=P
`

const ROLE = /^[\x21-\x2b\x2d-\x7e]{1,64}$/

const flag = { type: 'boolean', default: false } as const
const text = { type: 'string' } as const
const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
/** A prefix of keys is no part of a table. */
const PARTS = TABLE_NAMES.filter((name) => name !== 'keyPrefix')

/** The command line, checked. Throws `ConfigurationError` (`configuration`), which repeats no value. */
export function storeCommand(argv: readonly string[], environment: ProcessEnvironment): Command {
  const [name, ...rest] = argv
  switch (name) {
    case undefined:
    case 'help':
    case '--help':
      return { name: 'help' }
    case 'create':
    case 'verify':
    case 'describe':
      return provisionCommand(name, rest, environment)
    case 'export': {
      const { from, file, sessions, keys } = parse(rest, { from: text, file: text, sessions: flag, keys: flag })
      return { name, from: storeLocation(demand(from, 'from'), environment), file: file ?? null, sessions, keys, environment }
    }
    case 'import': {
      const { to, file, progress, sessions, keys, verify } = parse(rest, {
        to: text,
        file: text,
        progress: text,
        sessions: flag,
        keys: flag,
        verify: flag,
      })
      const path = demand(file, 'file')
      return {
        name,
        to: storeLocation(demand(to, 'to'), environment),
        file: path,
        progress: progress ?? `${path}.progress`,
        sessions,
        keys,
        verify,
        environment,
      }
    }
    case 'roles': {
      const { of, email, set, sessions } = parse(rest, { of: text, email: text, set: text, sessions: text })
      if (set === undefined) throw new ConfigurationError('--set is missing.')
      const roles = set === '' ? [] : set.split(',')
      if (!roles.every((role) => ROLE.test(role)) || new Set(roles).size !== roles.length)
        throw new ConfigurationError('Roles are words of up to 64 visible characters, each once, separated by commas.')
      return {
        name,
        users: storeLocation(demand(of, 'of'), environment),
        sessions: sessions === undefined ? null : storeLocation(sessions, environment),
        email: demand(email, 'email'),
        roles,
        environment,
      }
    }
    case 'keys': {
      const { of, rotate, retire } = parse(rest, { of: text, rotate: flag, retire: { type: 'string', multiple: true, default: [] } })
      if (rotate && retire.length > 0)
        throw new ConfigurationError('--rotate and --retire are two calls: to retire makes another key sign by itself.')
      return { name, of: storeLocation(demand(of, 'of'), environment), rotate, retire: [...new Set(retire)], environment }
    }
    default:
      throw new ConfigurationError('There is no such command: create, verify, describe, export, import, roles and keys are.')
  }
}

function provisionCommand(name: ProvisionCommand['name'], argv: readonly string[], environment: ProcessEnvironment): ProvisionCommand {
  const values = parse(argv, {
    store: text,
    table: text,
    region: text,
    endpoint: text,
    as: { type: 'string', default: 'cloudformation' },
    'read-capacity': text,
    'write-capacity': text,
    'no-point-in-time-recovery': flag,
    'no-deletion-protection': flag,
    ...Object.fromEntries(PARTS.map((part) => [kebab(part), text])),
    project: text,
    database: text,
    namespace: text,
    url: text,
    path: text,
  })
  const as = values.as as DescriptionFormat
  if (!['cloudformation', 'terraform', 'json'].includes(as)) throw new ConfigurationError('--as is cloudformation, terraform or json.')
  const [read, write] = [capacity(values['read-capacity']), capacity(values['write-capacity'])]
  if ((read === null) !== (write === null)) throw new ConfigurationError('--read-capacity and --write-capacity go together.')
  const provisioned = read === null || write === null ? {} : { provisioned: { readCapacityUnits: read, writeCapacityUnits: write } }
  const table = {
    pointInTimeRecovery: !values['no-point-in-time-recovery'],
    deletionProtection: !values['no-deletion-protection'],
    ...provisioned,
  }
  return { name, location: provisionedStore(values, environment), as, table, environment }
}

type Flags = { readonly [name: string]: string | boolean | undefined }

function provisionedStore(flags: Flags, environment: ProcessEnvironment): StoreLocation {
  const given = (name: string): string | null => (typeof flags[name] === 'string' ? flags[name] : null)
  switch (given('store')) {
    case 'dynamodb': {
      const table = tableOptions(demand(given('table'), 'table'), (part) => given(kebab(part)))
      return { store: 'dynamodb', table, region: given('region'), endpoint: given('endpoint') } satisfies DynamodbLocation
    }
    case 'datastore': {
      const [databaseId, namespace] = [given('database') ?? '', given('namespace') ?? '']
      return { store: 'datastore', projectId: demand(given('project'), 'project'), databaseId, namespace } satisfies DatastoreLocation
    }
    case 'redis': {
      const location = storeLocation(given('url') ?? 'redis://127.0.0.1', environment)
      if (location.store !== 'redis') throw new ConfigurationError('--url is redis://HOST:PORT or rediss://HOST:PORT.')
      return location satisfies RedisLocation
    }
    case 'sqlite':
      return { store: 'sqlite', path: demand(given('path'), 'path') }
    default:
      throw new ConfigurationError('--store is dynamodb, datastore, redis or sqlite.')
  }
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options }>>['values'] {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    // Node's own message repeats what was typed, which may be a URL with a password.
    const code = (error as NodeJS.ErrnoException).code
    throw new ConfigurationError(
      `${code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? 'A flag has no value, or one too many.' : 'There is something that this command does not take.'} See: npm run store -- help`,
    )
  }
}

function demand(value: string | null | undefined, name: string): string {
  if (value === undefined || value === null || value === '') throw new ConfigurationError(`--${name} is missing.`)
  return value
}

function capacity(value: string | boolean | undefined): number | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || !/^[1-9]\d{0,6}$/.test(value)) throw new ConfigurationError('A capacity is a whole number from 1 on.')
  return Number(value)
}
