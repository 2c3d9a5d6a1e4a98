import { singleHeader } from './header.ts'
import type { HttpHeaders } from './http-message.ts'

/** Where a browser says that a request comes from: our own or an allowed origin, some other, or no word of it. */
export type Provenance = 'trusted' | 'foreign' | 'unknown'

export type JudgeOrigin = (headers: HttpHeaders) => Provenance

/**
 * `Origin` decides when it is there; otherwise `Sec-Fetch-Site` (Fetch Metadata), which pages cannot forge: `none` is a request no page made. Never compared with
 * `Host` or `X-Forwarded-Host`, which an attacker may steer. A site that shares our domain is another site here: `same-site` is foreign.
 */
export function originJudge(trusted: ReadonlySet<string>): JudgeOrigin {
  return (headers) => {
    const origin = singleHeader(headers, 'origin')
    if (origin !== undefined) return origin !== null && trusted.has(origin) ? 'trusted' : 'foreign'
    const site = singleHeader(headers, 'sec-fetch-site')
    if (site === undefined) return 'unknown'
    return site === 'same-origin' || site === 'none' ? 'trusted' : 'foreign'
  }
}
