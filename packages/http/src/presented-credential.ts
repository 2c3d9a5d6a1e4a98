import { presentedCookies } from './cookies.ts'
import type { HttpHeaders } from './http-message.ts'
import type { Transport } from './settings.ts'

/** What a request shows to be let in. An empty text is something that was sent and is no token. */
export interface PresentedCredential {
  readonly transport: Transport
  readonly access: string | null
  /** Only a cookie can carry it here; otherwise it stands in the body. */
  readonly refresh: string | null
}

export type ReadCredential = (headers: HttpHeaders) => PresentedCredential | null

/**
 * The `Authorization` header alone when there is one, whatever it holds; otherwise the cookies; `null` when there is neither. Two values, another scheme than
 * Bearer (CVE-2026-47673), or a transport that is not configured: a credential that is worth nothing.
 */
export function credentialReader(transports: readonly Transport[]): ReadCredential {
  const bearer = transports.includes('bearer')
  const cookie = transports.includes('cookie')
  return (headers) => {
    const authorization = headers['authorization']
    if (authorization !== undefined) return { transport: 'bearer', access: bearer ? bearerToken(authorization) : '', refresh: null }
    if (!cookie || headers['cookie'] === undefined) return null
    const { access, refresh } = presentedCookies(headers)
    return access === null && refresh === null ? null : { transport: 'cookie', access, refresh }
  }
}

/**
 * RFC 6750 section 2.1; the scheme in any case (RFC 9110 section 11.1). What follows it is judged by whoever knows tokens. Several lines read as the one that
 * platforms without lists make of them: a token that was sent, and no good one, because no token has a comma.
 */
function bearerToken(authorization: string | readonly string[]): string {
  const value = typeof authorization === 'string' ? authorization : authorization.join(', ')
  return value.startsWith('Bearer ') || value.slice(0, 7).toLowerCase() === 'bearer ' ? value.slice(7) : ''
}
