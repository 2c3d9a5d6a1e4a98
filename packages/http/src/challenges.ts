import type { PublicRule, Refusal, SignedInRule } from '@sallyport/core'
import { refuse, type Refused } from './reply.ts'

const CHALLENGE = 'Bearer realm="sallyport"'

/** 401 with the challenge of RFC 6750 section 3: `error` only when a token was sent, so that nobody learns which check it failed. */
export function unauthenticated(tokenSent: boolean, cookies: readonly string[] = []): Refused {
  const challenge = tokenSent ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE
  return refuse({ code: 'unauthenticated', headers: { 'www-authenticate': challenge }, cookies })
}

/** 401 of a sign-in. A 401 always carries a challenge (RFC 9110 section 15.5.2). */
export function badCredentials(): Refused {
  return refuse({ code: 'bad-credentials', headers: { 'www-authenticate': CHALLENGE } })
}

/** The refusal of {@link Refusal}, as HTTP says it. */
export function refusedBy(refusal: Refusal, rule: PublicRule | SignedInRule, tokenSent: boolean): Refused {
  switch (refusal) {
    case 'unauthenticated':
      return unauthenticated(tokenSent)
    case 'not-fresh': {
      const seconds = rule.access === 'signed-in' ? (rule.freshSeconds ?? 0) : 0
      return refuse({
        code: 'not-fresh',
        headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_user_authentication", max_age="${seconds}"` },
      })
    }
    case 'forbidden': {
      const scopes = rule.access === 'signed-in' ? rule.scopes : undefined
      if (scopes === undefined) return refuse({ code: 'forbidden' })
      return refuse({ code: 'forbidden', headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scopes.join(' ')}"` } })
    }
    default:
      return refusal satisfies never
  }
}
