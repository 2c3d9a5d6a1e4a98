import type { RoleScopes } from '@sallyport/core'
import { weaknessOf } from './secret-strength.ts'
import type { HostedIssuerEntry, LimitOverride } from './settings.ts'

/** What a variable may hold. `form` completes "must be …" in an error and stands in the documentation; a refused text is never quoted. */
export interface Kind<T> {
  readonly form: string
  /** `null` when the text is none of that form; a string is a more exact form that it fails. */
  readonly read: (text: string) => { readonly value: T } | string | null
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    get form() {
      return values.map((value) => `\`${value}\``).join(' or ')
    },
    read: (text) => {
      const value = values.find((each) => each === text)
      return value === undefined ? null : { value }
    },
  }
}

export function wholeNumber(least: number, most: number, unit = ''): Kind<number> {
  return {
    form: `a whole number${unit} from ${least} to ${most}`,
    read: (text) => {
      const value = /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : Number.NaN
      return value >= least && value <= most ? { value } : null
    },
  }
}

export function seconds(least: number, most: number): Kind<number> {
  return wholeNumber(least, most, ' of seconds')
}

export const flag: Kind<boolean> = {
  form: '`true` or `false`',
  read: (text) => (text === 'true' ? { value: true } : text === 'false' ? { value: false } : null),
}

/** Visible characters of one line. */
export const name: Kind<string> = {
  form: 'up to 200 visible characters without blanks',
  read: (text) => (/^[\x21-\x7e]{1,200}$/.test(text) ? { value: text } : null),
}

export const directory: Kind<string> = {
  form: 'the path of a directory',
  read: (text) => (text.includes('\0') ? null : { value: text }),
}

export const host: Kind<string> = {
  form: 'an address or host name to listen on, `0.0.0.0` or `::` for every interface',
  read: (text) => (/^[A-Za-z0-9.:_-]{1,255}$/.test(text) ? { value: text } : null),
}

export const pathPrefix: Kind<string> = {
  form: 'a path such as `/auth` of letters, digits, `-` and `_`, without a slash at its end; `/` for none',
  read: (text) => (text === '/' ? { value: '' } : /^(?:\/[A-Za-z0-9_-]+){1,8}$/.test(text) ? { value: text } : null),
}

export const publicUrl: Kind<string> = {
  form: 'an http or https URL without user, query and fragment',
  read: (text) => {
    const url = URL.parse(text)
    if (url === null || !isWeb(url) || url.username !== '' || url.password !== '' || text.includes('?') || text.includes('#')) return null
    return { value: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
  },
}

/** Exactly as browsers send it (RFC 6454 section 6.2), so that the comparison can be exact too. */
const origin: Kind<string> = {
  form: 'an origin such as `https://app.example.com`',
  read: (text) => {
    const url = URL.parse(text)
    return url !== null && isWeb(url) && url.origin === text && !text.includes('*') ? { value: text } : null
  },
}

export const origins: Kind<readonly string[]> = /* @__PURE__ */ list(
  origin,
  'origins such as `https://app.example.com`, separated by commas; no wildcards',
)

export const words: Kind<readonly string[]> = /* @__PURE__ */ list(
  { form: 'a word', read: (text) => (text.length >= 4 && text.length <= 64 ? { value: text } : null) },
  'words of 4 to 64 characters, separated by commas',
)

export const limitOverrides: Kind<readonly LimitOverride[]> = /* @__PURE__ */ list(
  {
    form: 'a limit',
    read: (text) => {
      const [, id = '', limit = '', windowSeconds = ''] = /^([a-z]+(?:-[a-z]+)+)=([1-9][0-9]{0,6})\/([1-9][0-9]{0,5})$/.exec(text) ?? []
      return id === '' ? null : { value: { id, limit: Number(limit), windowSeconds: Number(windowSeconds) } }
    },
  },
  'entries such as `password-pair=20/900` (a limit, requests, seconds), separated by commas',
)

export const secret: Kind<string> = {
  form: 'a random secret of at least 32 bytes',
  read: (text) => weaknessOf(text) ?? { value: text },
}

export const secrets: Kind<readonly string[]> = /* @__PURE__ */ list(secret, 'random secrets of at least 32 bytes each, separated by commas')

const SCOPES_MAX_CHARACTERS = 1024

/** Scope tokens of RFC 6749 section 3.3. Somebody may have every role, and their token has to fit into a cookie. */
export const roleScopes: Kind<RoleScopes> = {
  form: 'a JSON object from role to a list of scopes, such as `{"admin":["users:write"],"*":["me"]}`, whose scopes have at most 1024 characters together',
  read: (text) => {
    const value = parseJson(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    const good = Object.entries(value).every(([role, scopes]) => role !== '' && role.length <= 64 && Array.isArray(scopes) && scopes.every(isScope))
    if (!good || [...new Set(Object.values(value as RoleScopes).flat())].join(' ').length > SCOPES_MAX_CHARACTERS) return null
    return { value: Object.assign(Object.create(null) as object, value) as RoleScopes }
  },
}

export const hostedIssuers: Kind<readonly HostedIssuerEntry[]> = {
  form: 'a JSON list of issuers, each an object with the name of its `preset` and the arguments of that',
  read: (text) => {
    const value = parseJson(text)
    return Array.isArray(value) && value.every(isEntry) ? { value } : null
  },
}

function isEntry(value: unknown): value is HostedIssuerEntry {
  return typeof value === 'object' && value !== null && 'preset' in value && typeof value.preset === 'string'
}

function list<T>(kind: Kind<T>, form: string): Kind<readonly T[]> {
  return {
    form,
    read: (text) => {
      const read = text.split(',').map((each) => kind.read(each.trim()))
      const refused = read.find((each) => each === null || typeof each === 'string')
      if (refused === null || typeof refused === 'string') return refused
      return { value: read.flatMap((each) => (each === null || typeof each === 'string' ? [] : [each.value])) }
    },
  }
}

function isWeb(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:'
}

function isScope(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
