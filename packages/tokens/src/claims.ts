import type { AccessTokenPayload, TokenRefusal } from '@sallyport/core'

/** What a token must say to be for us, now. */
export interface Expectation {
  readonly issuer: string
  readonly audience: string
  readonly leewaySeconds: number
}

/**
 * Whether every required claim is there with its type (RFC 9068 section 2.2), and every optional one that decisions are made from has its type if
 * it is there. Numbers are finite whole seconds: `"exp": 1e999` parses to Infinity, and a string or a zero skipped the check elsewhere.
 */
export function hasClaims(value: Readonly<Record<string, unknown>>): value is AccessTokenPayload {
  return (
    isText(value['iss']) &&
    isText(value['sub']) &&
    (isText(value['aud']) || isTexts(value['aud'])) &&
    isText(value['client_id']) &&
    isText(value['jti']) &&
    isText(value['sid']) &&
    isSeconds(value['iat']) &&
    isSeconds(value['exp']) &&
    isSeconds(value['auth_time']) &&
    (value['nbf'] === undefined || isSeconds(value['nbf'])) &&
    (value['scope'] === undefined || typeof value['scope'] === 'string') &&
    (value['roles'] === undefined || isTexts(value['roles']))
  )
}

/** Why `payload` is not for us at `now` (milliseconds), or `null`. */
export function refusalOf(payload: AccessTokenPayload, { issuer, audience, leewaySeconds }: Expectation, now: number): TokenRefusal | null {
  const refusal = untimely(payload, leewaySeconds, now)
  if (refusal !== null) return refusal
  if (payload.iss !== issuer) return 'issuer'
  return (typeof payload.aud === 'string' ? payload.aud === audience : payload.aud.includes(audience)) ? null : 'audience'
}

/**
 * Expired AT the instant `exp` and without leeway (RFC 7519 section 4.1.4); the leeway is for clocks of issuers that run ahead of ours, so it counts
 * for `iat` and `nbf` alone.
 */
export function untimely(
  { exp, iat, nbf }: { readonly exp: number; readonly iat: number; readonly nbf?: unknown },
  leewaySeconds: number,
  now: number,
): 'expired' | 'not-yet-valid' | null {
  if (exp * 1000 <= now) return 'expired'
  const latest = now / 1000 + leewaySeconds
  return iat > latest || ((nbf as number | undefined) ?? 0) > latest ? 'not-yet-valid' : null
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}

export function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
