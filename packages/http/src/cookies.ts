import { InvariantError, SECOND, type Instant } from '@sallyport/core'
import type { HttpHeaders } from './http-message.ts'

/**
 * `__Host-`: the browser itself holds that the cookie was set by this host over TLS for all paths, so no sub-domain and no plain-text page can plant one
 * (draft-ietf-httpbis-rfc6265bis section 4.1.3.2, OWASP ASVS 3.3.3).
 */
export const ACCESS_COOKIE = '__Host-sallyport-access'
export const REFRESH_COOKIE = '__Host-sallyport-refresh'

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax'
const MAX_NAME_AND_VALUE = 4096
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60

/** A `Set-Cookie` line that lives until `expiresAt`, 400 days at most. Throws `InvariantError` for a value that browsers would drop. */
export function setCookie(name: string, value: string, expiresAt: Instant, now: Instant): string {
  if (name.length + value.length > MAX_NAME_AND_VALUE)
    throw new InvariantError('A credential is too large for a cookie; keep the profile out of tokens or use fewer roles.')
  const seconds = Math.max(0, Math.min(MAX_AGE_SECONDS, Math.floor((expiresAt - now) / SECOND)))
  return `${name}=${value}; Max-Age=${seconds}; ${ATTRIBUTES}`
}

/** Lines that make the browser forget both cookies. */
export const clearedCookies: readonly string[] = [ACCESS_COOKIE, REFRESH_COOKIE].map((name) => `${name}=; Max-Age=0; ${ATTRIBUTES}`)

export interface PresentedCookies {
  readonly access: string | null
  readonly refresh: string | null
}

const NONE: PresentedCookies = { access: null, refresh: null }

/**
 * Our two cookies; `null` when absent. One that comes twice reads as the empty text, which is no token: a browser never sends a `__Host-` name twice, so somebody
 * tries which of two readers believes which. Only blanks and tabs are trimmed (CVE-2026-39410), nothing is decoded, names are compared exactly.
 */
export function presentedCookies(headers: HttpHeaders): PresentedCookies {
  const header = headers['cookie']
  if (header === undefined) return NONE
  const text = typeof header === 'string' ? header : header.join('; ')
  let access: string | null = null
  let refresh: string | null = null
  let start = 0
  while (start <= text.length) {
    const semicolon = text.indexOf(';', start)
    const end = semicolon < 0 ? text.length : semicolon
    const from = skipBlanks(text, start, end)
    if (text.startsWith('__Host-sallyport-', from)) {
      const equals = text.indexOf('=', from)
      const name = equals < 0 || equals > end ? '' : text.slice(from, equals)
      if (name === ACCESS_COOKIE) access = access === null ? valueIn(text, equals + 1, end) : ''
      else if (name === REFRESH_COOKIE) refresh = refresh === null ? valueIn(text, equals + 1, end) : ''
    }
    start = end + 1
  }
  return access === null && refresh === null ? NONE : { access, refresh }
}

function valueIn(text: string, from: number, to: number): string {
  let end = to
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(skipBlanks(text, from, end), end)
}

function skipBlanks(text: string, from: number, to: number): number {
  let index = from
  while (index < to && isBlank(text.charCodeAt(index))) index++
  return index
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
