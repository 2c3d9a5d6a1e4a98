import { SECOND, type Clock, type PublicJwk, type TokenRefusal } from '@sallyport/core'
import { isSeconds, isText, untimely } from '../claims.ts'
import { MAX_KID_LENGTH } from '../compact-jws.ts'
import type { CompactReader } from '../compact-reader.ts'
import { isSignedBy, sameKeys, trustedKey, type TrustedKey } from '../trusted-key.ts'
import { freezeAll, type VerifiedCache } from '../verified-cache.ts'
import { claimOf, scopesIn } from './claim-readers.ts'
import type { HostedClaims, HostedIssuer, HostedPrincipal } from './hosted-issuer.ts'

export interface VerifiedHosted {
  readonly ok: true
  readonly payload: HostedClaims
  readonly principal: HostedPrincipal
}

export type HostedVerification = VerifiedHosted | { readonly ok: false; readonly refusal: TokenRefusal }

/** As `TokenVerifier`, for the tokens of one hosted issuer. */
export interface IssuerVerifier {
  trust(keys: readonly PublicJwk[]): void
  /** `unknown-key` only for a token to which nothing else was found to object that can be judged without its key. */
  verify(token: string): HostedVerification
}

export interface IssuerVerifierOptions {
  readonly issuer: HostedIssuer
  readonly clock: Clock
  readonly reader: CompactReader
  readonly cache: VerifiedCache<VerifiedHosted> | null
  readonly maxTokenLength: number
  readonly leewaySeconds: number
  readonly maxAgeSeconds: number
}

/** OpenID Connect Core section 2. */
const MAX_SUBJECT_LENGTH = 255

export function issuerVerifier({
  issuer,
  clock,
  reader,
  cache,
  maxTokenLength,
  leewaySeconds,
  maxAgeSeconds,
}: IssuerVerifierOptions): IssuerVerifier {
  let trusted: readonly PublicJwk[] = []
  let keys: ReadonlyMap<string, TrustedKey> = new Map()

  /** The key that the header names; `crit` and its kin change what is signed, so a header with one is refused (RFC 7515 section 4.1.11). Key material in it is not looked at. */
  function keyFor(header: Readonly<Record<string, unknown>>): TrustedKey | 'header' | 'unknown-key' {
    const { alg, kid, typ } = header
    if (typ === null || !issuer.types.includes((typ ?? null) as string | null) || !issuer.algorithms.includes(alg as never)) return 'header'
    if (!isText(kid) || kid.length > MAX_KID_LENGTH || REFUSED_MEMBERS.some((name) => Object.hasOwn(header, name))) return 'header'
    const key = keys.get(kid)
    if (key === undefined) return 'unknown-key'
    return key.algorithm === alg ? key : 'header'
  }

  const expiryOf = ({ exp, iat }: HostedClaims): number => Math.min(exp, iat + maxAgeSeconds)

  function refusalOf(claims: HostedClaims, now: number): TokenRefusal | null {
    const authTime = claimOf(claims, 'auth_time') as number | undefined
    const refusal = untimely({ exp: expiryOf(claims), iat: claims.iat, nbf: claimOf(claims, 'nbf') }, leewaySeconds, now)
    if (refusal !== null) return refusal
    if (authTime !== undefined && authTime > now / SECOND + leewaySeconds) return 'not-yet-valid'
    if (claims.iss !== issuer.issuer) return 'issuer'
    return issuer.accepts(claims) ? null : 'audience'
  }

  function principalOf(claims: HostedClaims): HostedPrincipal | null {
    const [identity, roles, scopes] = [issuer.identify(claims), issuer.roles(claims), scopesIn(claims)]
    if (identity === null || roles === null || scopes === null) return null
    const { realm, subject } = identity
    return {
      userId: `${realm}|${subject}`,
      sessionId: sessionIn(claims),
      roles,
      scopes,
      profile: null,
      authenticatedAt: ((claimOf(claims, 'auth_time') as number | undefined) ?? 0) * SECOND,
      asOf: claims.iat * SECOND,
      expiresAt: expiryOf(claims) * SECOND,
      issuer: claims.iss,
      subject,
      claims,
    }
  }

  function check(token: string, now: number): HostedVerification {
    const headerEnd = token.indexOf('.')
    const payloadEnd = token.indexOf('.', headerEnd + 1)
    if (headerEnd < 1 || payloadEnd < 0 || !reader.take(token)) return refused('malformed')
    const header = reader.object(token, 0, headerEnd)
    const claims = reader.object(token, headerEnd + 1, payloadEnd)
    if (header === null || claims === null) return refused('malformed')
    if (!hasHostedClaims(claims)) return refused('claims')
    const key = keyFor(header)
    if (key === 'header') return refused(key)
    const refusal = refusalOf(claims, now)
    if (refusal !== null) return refused(refusal)
    const signature = reader.signature(token, payloadEnd + 1)
    if (signature === null) return refused('malformed')
    if (key === 'unknown-key') return refused(key)
    if (token.length - payloadEnd - 1 !== key.signatureCharacters) return refused('malformed')
    if (!isSignedBy(key, reader.signingInput(payloadEnd), signature)) return refused('signature')
    const principal = principalOf(claims)
    return principal === null ? refused('claims') : { ok: true, payload: claims, principal }
  }

  return {
    trust(next) {
      if (sameKeys(trusted, next)) return
      keys = new Map(next.map((jwk) => [jwk.kid, trustedKey(jwk)]))
      trusted = next
      cache?.clear()
    },
    verify(token) {
      if (typeof token !== 'string' || token.length > maxTokenLength) return refused('malformed')
      const now = clock.now()
      const kept = cache?.get(token, now) ?? null
      if (kept !== null) return now < kept.principal.expiresAt ? kept : refused('expired')
      const verification = check(token, now)
      if (!verification.ok) return verification
      if (cache === null) freezeAll(verification)
      else cache.put(token, verification, now)
      return verification
    },
  }
}

const REFUSED_MEMBERS = ['crit', 'b64', 'zip', 'enc']

function hasHostedClaims(value: Readonly<Record<string, unknown>>): value is HostedClaims {
  const { iss, sub, iat, exp, nbf, auth_time: authTime } = value
  if (!isText(iss) || !isText(sub) || sub.length > MAX_SUBJECT_LENGTH || !isSeconds(iat) || !isSeconds(exp)) return false
  return (nbf === undefined || isSeconds(nbf)) && (authTime === undefined || isSeconds(authTime))
}

/** What the issuer calls its session, or the token where it names none (RFC 7519 section 4.1.7); empty when it names neither. */
function sessionIn(claims: HostedClaims): string {
  return ['sid', 'origin_jti', 'jti'].map((name) => claimOf(claims, name)).find(isText) ?? ''
}

function refused(refusal: TokenRefusal): HostedVerification {
  return { ok: false, refusal }
}
