import { ConfigurationError, isUuidV7, ROLES_MAX_BYTES, type Identity, type Instant, type Session, type SigningKey, type User } from '@sallyport/core'

/** The first line of a file. Version 1 has one identity for each user, which is all that the ports can hold. */
export interface Header {
  readonly type: 'header'
  readonly format: 'sallyport-transfer'
  readonly version: 1
  readonly exportedAt: Instant
  readonly sessions: boolean
  readonly keys: boolean
}

export type Content =
  | { readonly type: 'key'; readonly key: SigningKey }
  | { readonly type: 'user'; readonly user: User; readonly identity: Identity }
  /** Follows its user, with others of the same user at most in between. */
  | { readonly type: 'session'; readonly session: Session }

export interface Counts {
  readonly keys: number
  readonly users: number
  readonly sessions: number
}

/** The last line: a file without it was cut short. */
export interface Trailer extends Counts {
  readonly type: 'trailer'
  /** SHA-256 in base64url of every byte before this line. Against damage, not against forgery. */
  readonly digest: string
}

export type Line = Header | Content | Trailer

export const FORMAT_VERSION = 1

/** A file that is not whole. Nothing of the line is repeated: it may hold hashes. */
export function damaged(line: number, what: string): ConfigurationError {
  return new ConfigurationError(`The file is damaged at line ${line}: ${what}.`)
}

export function formatLine(line: Line): string {
  return `${JSON.stringify(line)}\n`
}

/** The line as it was written. Throws `ConfigurationError` (`configuration`) when it holds less, more or other than this version writes. */
export function parseLine(text: string, line: number): Line {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(line, 'it is no JSON')
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : null
  if (type === 'header') checkVersion(value as Partial<Header>)
  const check = typeof type === 'string' && Object.hasOwn(LINES, type) ? LINES[type as Line['type']] : null
  if (check === null) throw damaged(line, 'it is of no known type')
  if (!check(value)) throw damaged(line, `it is no whole ${type as string}`)
  checkRoles(value as Line, line)
  return value as Line
}

/** Whoever has more could never sign in with a cookie. */
function checkRoles(content: Line, line: number): void {
  const roles = content.type === 'user' ? content.user.roles : content.type === 'session' ? content.session.claims.roles : []
  if (Buffer.byteLength(JSON.stringify(roles)) > ROLES_MAX_BYTES)
    throw new ConfigurationError(`Line ${line} of the file has more roles than an access token in a cookie has room for (${ROLES_MAX_BYTES} bytes).`)
}

function checkVersion({ format, version }: Partial<Header>): void {
  if (format !== 'sallyport-transfer') throw damaged(1, 'it is of another format')
  if (version !== FORMAT_VERSION)
    throw new ConfigurationError(`The file is of another version of the format than ${FORMAT_VERSION}, which this program reads.`)
}

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const bool: Check = (value) => typeof value === 'boolean'
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const uuid: Check = (value) => typeof value === 'string' && isUuidV7(value)
const anything: Check = () => true
const one =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value)
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Exactly these members, but for the optional ones. */
function record(members: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value) =>
    isRecord(value) &&
    Object.entries(members).every(([name, check]) => Object.hasOwn(value, name) && check(value[name])) &&
    Object.entries(value).every(
      ([name, member]) => Object.hasOwn(members, name) || (Object.hasOwn(optional, name) && optional[name]?.(member) === true),
    )
}

const profile = { email: text, emailVerified: bool, name: nullable(text), roles: list(text), attributes: isRecord, version: count }
const times = { rotatedAt: count, createdAt: count, authenticatedAt: count, idleExpiresAt: count, expiresAt: count }
const algorithm = one('RS256', 'ES256', 'EdDSA')
const publicJwk = record({ kty: text, kid: text, alg: algorithm, use: one('sig') }, { n: text, e: text, crv: text, x: text, y: text })

const user = record({
  ...profile,
  id: uuid,
  status: one('active', 'disabled'),
  credentialsVersion: count,
  createdAt: count,
  updatedAt: count,
})
const identity = record({ key: text, userId: uuid, passwordHash: nullable(text), createdAt: count })
const session = record({
  ...times,
  id: text,
  userId: uuid,
  secretHash: nullable(text),
  counter: count,
  credentialsVersion: count,
  claims: record(profile),
  client: record({ userAgent: nullable(text), network: nullable(text) }),
})
const key = record({
  generation: count,
  kid: text,
  algorithm,
  publicJwk,
  wrappedPrivateKey: nullable(text),
  createdAt: count,
  activeFrom: count,
  retiredAt: nullable(count),
})

const LINES: Record<Line['type'], Check> = {
  header: record({ type: anything, format: anything, version: anything, exportedAt: count, sessions: bool, keys: bool }),
  key: record({ type: anything, key }),
  user: record({ type: anything, user, identity }),
  session: record({ type: anything, session }),
  trailer: record({ type: anything, keys: count, users: count, sessions: count, digest: text }),
}
