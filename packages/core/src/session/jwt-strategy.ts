import { SECOND } from '../instant.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { AccessTokenPayload, TokenSigner, TokenVerifier } from '../ports/access-tokens.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { Attributes } from '../user/user.ts'
import type { CredentialStrategy, RefreshOutcome, SessionReference } from './credential-strategy.ts'
import type { Credentials } from './credentials.ts'
import { idleExpiry, type Lifetimes } from './lifetimes.ts'
import type { Principal } from './principal.ts'
import { principalOfToken } from './principal-of-token.ts'
import type { RecentChanges } from './recent-changes.ts'
import { formatRefreshToken, parseRefreshToken, type RefreshSecrets } from './refresh-token.ts'
import { scopesOf, type RoleScopes } from './scopes.ts'
import { strictCheck } from './strict-check.ts'
import type { Claims, Session } from './session.ts'

export interface JwtStrategyDependencies {
  /** Watched by `recent`, so that ends and changes of this instance act here at once. */
  readonly sessions: SessionStore
  readonly recent: RecentChanges
  readonly keys: KeyRing
  readonly signer: TokenSigner
  readonly verifier: TokenVerifier
  readonly clock: Clock
  readonly random: Random
  readonly lifetimes: Lifetimes
  readonly refreshSecrets: RefreshSecrets
  readonly roleScopes: RoleScopes
  readonly issuer: string
  readonly audience: string
  readonly clientId: string
  /** Whether e-mail, name and attributes travel in the token, where whoever holds it can read them. */
  readonly profileInToken: boolean
}

/** A short signed access token (RFC 9068), checked without a store, and a refresh token that rotates. */
export function jwtStrategy(dependencies: JwtStrategyDependencies): CredentialStrategy {
  const { sessions, recent, keys, signer, verifier, clock, random, lifetimes, refreshSecrets, roleScopes, profileInToken } = dependencies
  const { issuer, audience, clientId } = dependencies

  const issue = async (session: Session): Promise<Credentials> => {
    const iat = Math.floor(clock.now() / SECOND)
    const exp = Math.min(iat + lifetimes.accessTokenSeconds, Math.floor(session.expiresAt / SECOND))
    const scopes = scopesOf(session.claims.roles, roleScopes)
    const members: AccessTokenPayload = {
      iss: issuer,
      sub: session.userId,
      aud: audience,
      client_id: clientId,
      iat,
      exp,
      jti: Buffer.from(random.bytes(16)).toString('base64url'),
      sid: session.id,
      auth_time: Math.floor(session.authenticatedAt / SECOND),
      sat: session.createdAt,
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
      ...(session.claims.roles.length === 0 ? {} : { roles: session.claims.roles }),
    }
    const withProfile = { ...members, ...profileMembers(session.claims) }
    const payload = profileInToken && Buffer.byteLength(JSON.stringify(withProfile)) <= PAYLOAD_MAX_BYTES ? withProfile : members
    return {
      accessToken: await signer.sign(payload, await keys.signingKey()),
      accessTokenExpiresAt: exp * SECOND,
      refreshToken: formatRefreshToken({ userId: session.userId, sessionId: session.id, counter: session.counter }, refreshSecrets),
      sessionExpiresAt: session.expiresAt,
    }
  }

  const checkNow = (accessToken: string): Principal | null => {
    const verification = verifier.verify(accessToken)
    if (!verification.ok) return null
    const { payload } = verification
    const { sub: userId, sid: sessionId, iat, sat } = payload as SessionPayload
    if (recent.ended({ userId, sessionId, issuedAt: iat * SECOND, sessionStartedAt: sat ?? 0 })) return null
    return principalFrom(payload, roleScopes, recent)
  }

  const check = (accessToken: string): Principal | null | Promise<Principal | null> => {
    const refreshing = keys.refreshIfDue()
    return refreshing === null ? checkNow(accessToken) : refreshing.then(() => checkNow(accessToken))
  }

  return {
    name: 'jwt',
    newSecret: () => ({ secret: null, secretHash: null }),
    issue,
    check,
    checkStrictly: strictCheck({ check, sessions, clock, roleScopes }),
    refresh: async (token): Promise<RefreshOutcome> => {
      const presented = parseRefreshToken(token, refreshSecrets)
      if (presented === null) return { outcome: 'refused' }
      const rotated = await sessions.rotate({
        ...presented,
        graceMs: lifetimes.refreshGraceSeconds * SECOND,
        idleExpiresAt: idleExpiry(clock.now(), lifetimes),
      })
      switch (rotated.outcome) {
        case 'rotated':
        case 'repeated':
          return { outcome: 'refreshed', session: rotated.session, credentials: await issue(rotated.session) }
        case 'absent':
          return { outcome: 'refused' }
        case 'reused': {
          const reference: SessionReference = { userId: presented.userId, sessionId: presented.sessionId, secretHash: null }
          await sessions.end(reference)
          return { outcome: 'reused', reference }
        }
      }
    },
    identify: (token) => {
      const refresh = parseRefreshToken(token, refreshSecrets)
      if (refresh !== null) return { userId: refresh.userId, sessionId: refresh.sessionId, secretHash: null }
      const access = verifier.verify(token)
      return access.ok ? { userId: access.payload.sub, sessionId: access.payload.sid, secretHash: null } : null
    },
  }
}

/** `sat`: when the session started, in milliseconds, to tell sessions of before from those since. */
type SessionPayload = AccessTokenPayload & { readonly sat?: number }

/**
 * Browsers drop a cookie of more than 4,096 bytes of name and value (RFC 6265 section 6.1): what is left of them for the payload in base64url beside the name, a header and an RS256 signature.
 * With more, a token goes without the profile, which is then read where it is asked for. Roles and scopes, which decide, are limited where they are given.
 */
const PAYLOAD_MAX_BYTES = 2700

/** OpenID Connect Core section 5.1 where it has a name; `ver` is `User.version`. */
function profileMembers(claims: Claims): Record<string, Attributes[string]> {
  return {
    ver: claims.version,
    email: claims.email,
    email_verified: claims.emailVerified,
    name: claims.name,
    ...(Object.keys(claims.attributes).length === 0 ? {} : { attributes: claims.attributes }),
  }
}

function principalFrom(payload: AccessTokenPayload, roleScopes: RoleScopes, recent: RecentChanges): Principal {
  const carried = principalOfToken(payload)
  const newer = recent.newerClaims(payload.sub, carried.profile?.version ?? 0)
  if (newer === null) return carried
  const profile = carried.profile === null ? null : newer
  return { ...carried, roles: newer.roles, scopes: scopesOf(newer.roles, roleScopes), profile }
}
