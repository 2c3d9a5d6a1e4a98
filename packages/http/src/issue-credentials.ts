import { SECOND, type Authentication, type StartedSession } from '@sallyport/core'
import { ACCESS_COOKIE, REFRESH_COOKIE, setCookie } from './cookies.ts'
import type { IssuedView } from './outputs.ts'
import { rfc3339 } from './rfc3339.ts'
import type { Transport } from './settings.ts'

export interface Issued {
  readonly view: IssuedView
  readonly cookies: readonly string[]
}

/** Hands credentials to the client: tokens in the body, or in cookies and then never in the body (OWASP ASVS 3.3.4). */
export type IssueCredentials = (started: StartedSession, transport: Transport) => Issued

export function issueCredentials({ clock }: Pick<Authentication, 'clock'>): IssueCredentials {
  return ({ session, credentials }, transport) => {
    const now = clock.now()
    const { accessToken, accessTokenExpiresAt, refreshToken, sessionExpiresAt } = credentials
    const common: IssuedView = {
      session: { id: session.id, authenticatedAt: rfc3339(session.authenticatedAt), expiresAt: rfc3339(sessionExpiresAt) },
      expiresIn: Math.max(0, Math.floor((accessTokenExpiresAt - now) / SECOND)),
    }
    if (transport === 'bearer') {
      return { view: { ...common, tokenType: 'Bearer', accessToken, ...(refreshToken === null ? {} : { refreshToken }) }, cookies: [] }
    }
    const cookies = [setCookie(ACCESS_COOKIE, accessToken, accessTokenExpiresAt, now)]
    if (refreshToken !== null) cookies.push(setCookie(REFRESH_COOKIE, refreshToken, Math.min(session.idleExpiresAt, sessionExpiresAt), now))
    return { view: common, cookies }
  }
}
