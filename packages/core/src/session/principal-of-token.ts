import { SECOND } from '../instant.ts'
import type { AccessTokenPayload } from '../ports/access-tokens.ts'
import type { Attributes } from '../user/user.ts'
import type { Principal } from './principal.ts'
import type { Claims } from './session.ts'

/** What an access token of the jwt strategy, once verified, says about who is asking. */
export function principalOfToken(payload: AccessTokenPayload): Principal {
  return {
    userId: payload.sub,
    sessionId: payload.sid,
    roles: payload.roles ?? NO_ROLES,
    scopes: scopesIn(payload.scope),
    profile: profileFrom(payload),
    authenticatedAt: payload.auth_time * SECOND,
    asOf: payload.iat * SECOND,
    expiresAt: payload.exp * SECOND,
  }
}

const NO_ROLES: readonly string[] = Object.freeze([])
const NO_ATTRIBUTES: Attributes = Object.freeze({})

function scopesIn(scope: string | undefined): readonly string[] {
  return scope === undefined ? NO_ROLES : scope.split(' ')
}

/** Only our own signer can have written these, so the types hold; a token without profile has no `ver`. */
function profileFrom(payload: AccessTokenPayload): Claims | null {
  const {
    ver,
    email,
    email_verified: emailVerified,
    name,
    attributes,
  } = payload as AccessTokenPayload & {
    readonly ver?: number
    readonly email?: string
    readonly email_verified?: boolean
    readonly name?: string | null
    readonly attributes?: Attributes
  }
  if (ver === undefined || email === undefined) return null
  return {
    version: ver,
    email,
    emailVerified: emailVerified === true,
    name: name ?? null,
    roles: payload.roles ?? NO_ROLES,
    attributes: attributes ?? NO_ATTRIBUTES,
  }
}
