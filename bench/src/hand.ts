// The reference: the least code that does the same work as ours for GET me, with no dependency. What a framework costs is what it takes beyond this.
import crypto from 'node:crypto'
import type { PublicJwk } from '@sallyport/core'
import type { LambdaEvent, LambdaResult } from './lambda-event.ts'

export interface HandUser {
  readonly id: string
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly attributes: object
}

/** What is known of a caller, from a session record or from the claims of a token. */
export interface HandSession {
  readonly user: HandUser
  readonly sessionId: string
  readonly authenticatedAt: number
  readonly expiresAt: number
  /** When this was read (a session) or written (a token); `null` is now. */
  readonly asOf: number | null
}

export type HandCheck = (token: string) => HandSession | null

export function handSessionCheck(sessions: ReadonlyMap<string, HandSession>): HandCheck {
  return (token) => {
    const session = sessions.get(crypto.hash('sha256', token, 'base64url'))
    return session !== undefined && Date.now() < session.expiresAt ? session : null
  }
}

interface Claims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly sid: string
  readonly iat: number
  readonly exp: number
  readonly auth_time: number
  readonly email: string
  readonly email_verified: boolean
  readonly name: string | null
  readonly roles?: readonly string[]
  readonly attributes?: object
}

/** RS256, one key: the header is compared as it stands, since one signer writes it. */
export function handJwtCheck({ jwk, issuer, audience }: { readonly jwk: PublicJwk; readonly issuer: string; readonly audience: string }): HandCheck {
  const key = crypto.createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const prefix = `${Buffer.from(JSON.stringify({ alg: jwk.alg, kid: jwk.kid, typ: 'at+jwt' })).toString('base64url')}.`
  return (token) => {
    const end = token.lastIndexOf('.')
    if (!token.startsWith(prefix)) return null
    const claims = JSON.parse(Buffer.from(token.slice(prefix.length, end), 'base64url').toString()) as Claims
    if (claims.exp * 1000 <= Date.now() || claims.iss !== issuer || claims.aud !== audience) return null
    if (!crypto.verify('sha256', Buffer.from(token.slice(0, end), 'latin1'), key, Buffer.from(token.slice(end + 1), 'base64url'))) return null
    const { sub, email, email_verified: emailVerified, name, roles = [], attributes = {} } = claims
    return {
      user: { id: sub, email, emailVerified, name, roles, attributes },
      sessionId: claims.sid,
      authenticatedAt: claims.auth_time * 1000,
      expiresAt: claims.exp * 1000,
      asOf: claims.iat * 1000,
    }
  }
}

/** Behind a map of tokens that were good, for the same token again. */
export function handCached(check: HandCheck): HandCheck {
  const kept = new Map<string, HandSession>()
  return (token) => {
    const digest = crypto.hash('sha256', token)
    const known = kept.get(digest)
    if (known !== undefined && Date.now() < known.expiresAt) return known
    const session = check(token)
    if (session !== null) kept.set(digest, session)
    return session
  }
}

export function handBody({ user, sessionId, authenticatedAt, asOf }: HandSession): string {
  const session = { id: sessionId, authenticatedAt: new Date(authenticatedAt).toISOString() }
  return JSON.stringify({ user, session, asOf: new Date(asOf ?? Date.now()).toISOString() })
}

/** Bearer or the named cookie. */
export function handLambda({
  check,
  headers,
  cookie,
}: {
  readonly check: HandCheck
  readonly headers: Readonly<Record<string, string>>
  readonly cookie: string
}) {
  return (text: string): LambdaResult => {
    const event = JSON.parse(text) as LambdaEvent
    const authorization = event.headers['authorization']
    const token =
      authorization?.startsWith('Bearer ') === true
        ? authorization.slice(7)
        : event.cookies?.find((each) => each.startsWith(cookie))?.slice(cookie.length + 1)
    const session = token === undefined ? null : check(token)
    if (event.rawPath !== '/auth/me' || event.requestContext.http.method !== 'GET' || session === null)
      return { statusCode: 401, headers, cookies: [], body: '' }
    return { statusCode: 200, headers, cookies: [], body: handBody(session) }
  }
}
