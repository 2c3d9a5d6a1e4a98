import { ConfigurationError, type Clock, type PublicJwk, type TokenRefusal, type TokenVerification, type TokenVerifier } from '@sallyport/core'
import { hasClaims, refusalOf } from './claims.ts'
import { decodeObject, MAX_KID_LENGTH, MAX_TOKEN_LENGTH, TOKEN_TYPE } from './compact-jws.ts'
import { compactReader } from './compact-reader.ts'
import { isSignedBy, sameKeys, trustedKey, type TrustedKey } from './trusted-key.ts'
import { verifiedCache, type CacheLimits } from './verified-cache.ts'

export interface TokenVerifierOptions {
  readonly clock: Clock
  /** The exact `iss` of our tokens. */
  readonly issuer: string
  /** Must be the token's `aud` or one of them. */
  readonly audience: string
  /** How far `iat` and `nbf` may lie in the future, 0 to 5 whole seconds, 5 by default. `exp` has no leeway. */
  readonly leewaySeconds?: number
  /** Without it every call checks the signature. */
  readonly cache?: CacheLimits
}

const MAX_LEEWAY_SECONDS = 5

/**
 * Checks access tokens on the hot path: synchronously, without jose, without I/O. What it accepts is a subset of what jose's `jwtVerify` accepts.
 *
 * A token is one compact JWS of three canonical segments and at most 8 KiB, its header exactly `alg`, `kid` and `typ: "at+jwt"`, its key among
 * the trusted ones, its `alg` that key's own (RFC 8725 sections 3.1, 3.10 and 3.11; RFC 9068 section 4). What costs least is judged first, so
 * garbage, unknown keys and expired tokens are refused without a signature check; nothing of a token is handed out before its signature passed.
 *
 * With a cache, answers are shared between callers and therefore frozen.
 *
 * @throws ConfigurationError for an empty issuer or audience, a leeway above 5 s and cache limits out of range; `trust` for a key that is weak,
 * incomplete or private, or two of one `kid`: the keys trusted before then stay.
 */
export function tokenVerifier({ clock, issuer, audience, leewaySeconds = MAX_LEEWAY_SECONDS, cache: limits }: TokenVerifierOptions): TokenVerifier {
  if (!issuer || !audience) throw new ConfigurationError('A token verifier needs an issuer and an audience.')
  if (!Number.isInteger(leewaySeconds) || leewaySeconds < 0 || leewaySeconds > MAX_LEEWAY_SECONDS) {
    throw new ConfigurationError(`The leeway of a token verifier is 0 to ${MAX_LEEWAY_SECONDS} whole seconds.`)
  }
  const expectation = { issuer, audience, leewaySeconds }
  const cache = limits === undefined ? null : verifiedCache(limits)
  const reader = compactReader()
  let trusted: readonly PublicJwk[] = []
  let keys: ReadonlyMap<string, TrustedKey> = new Map()
  let keyList: readonly TrustedKey[] = []

  function keyFor(token: string, headerEnd: number): TrustedKey | TokenRefusal {
    for (const key of keyList) if (token.startsWith(key.prefix)) return key
    return keyByHeader(decodeObject(token.slice(0, headerEnd)), keys)
  }

  function check(token: string, headerEnd: number, payloadEnd: number, key: TrustedKey, now: number): TokenVerification {
    if (!reader.take(token)) return REFUSED.malformed
    const payload = reader.object(token, headerEnd + 1, payloadEnd)
    if (payload === null) return REFUSED.malformed
    if (!hasClaims(payload)) return REFUSED.claims
    const refusal = refusalOf(payload, expectation, now)
    if (refusal !== null) return REFUSED[refusal]
    const signature = reader.signature(token, payloadEnd + 1)
    if (signature === null) return REFUSED.malformed
    return isSignedBy(key, reader.signingInput(payloadEnd), signature) ? { ok: true, payload } : REFUSED.signature
  }

  return {
    trust(next) {
      if (sameKeys(trusted, next)) return
      const map = new Map(next.map((jwk) => [jwk.kid, trustedKey(jwk)]))
      if (map.size !== next.length) throw new ConfigurationError('Two trusted keys have the same kid.')
      trusted = next.map((jwk) => ({ ...jwk }))
      keys = map
      keyList = [...map.values()]
      cache?.clear()
    },
    verify(token) {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return REFUSED.malformed
      const now = clock.now()
      // First of all: what is kept passed every check below under the very keys that are trusted now.
      const kept = cache === null ? null : cache.get(token, now)
      if (kept !== null) return kept
      const headerEnd = token.indexOf('.')
      if (headerEnd < 1) return REFUSED.malformed
      const key = keyFor(token, headerEnd)
      if (typeof key === 'string') return REFUSED[key]
      // The key knows how long its signatures are, so there is one place where the payload can end.
      const payloadEnd = token.length - key.signatureCharacters - 1
      if (payloadEnd <= headerEnd || token[payloadEnd] !== '.') return REFUSED.malformed
      const verification = check(token, headerEnd, payloadEnd, key, now)
      if (cache !== null && verification.ok) cache.put(token, verification, now)
      return verification
    },
  }
}

/** The header may be spelled otherwise than ours (order, blanks), but has these three members and no other: so no crit, jku, x5u, x5c, jwk, zip or b64. */
function keyByHeader(header: Record<string, unknown> | null, keys: ReadonlyMap<string, TrustedKey>): TrustedKey | TokenRefusal {
  if (header === null) return 'malformed'
  const { alg, kid, typ } = header
  if (typ !== TOKEN_TYPE || typeof kid !== 'string' || kid.length > MAX_KID_LENGTH || typeof alg !== 'string') return 'header'
  if (Object.keys(header).length !== 3) return 'header'
  const key = keys.get(kid)
  if (key === undefined) return 'unknown-key'
  return key.algorithm === alg ? key : 'header'
}

function refused(refusal: TokenRefusal): TokenVerification {
  return Object.freeze({ ok: false, refusal })
}

/** Made once: an attacker's token costs no allocation. */
const REFUSED: Readonly<Record<TokenRefusal, TokenVerification>> = {
  malformed: /* @__PURE__ */ refused('malformed'),
  header: /* @__PURE__ */ refused('header'),
  'unknown-key': /* @__PURE__ */ refused('unknown-key'),
  claims: /* @__PURE__ */ refused('claims'),
  expired: /* @__PURE__ */ refused('expired'),
  'not-yet-valid': /* @__PURE__ */ refused('not-yet-valid'),
  issuer: /* @__PURE__ */ refused('issuer'),
  audience: /* @__PURE__ */ refused('audience'),
  signature: /* @__PURE__ */ refused('signature'),
}
