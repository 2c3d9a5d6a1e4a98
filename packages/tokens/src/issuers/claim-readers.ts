import { ConfigurationError } from '@sallyport/core'
import { isTexts } from '../claims.ts'
import type { HostedClaims } from './hosted-issuer.ts'
import { requiredText, requiredTexts, type OneOrMore } from './required.ts'

/**
 * Where roles come from: the name of a claim that holds a list of texts and that only administrators can write, or a function of the claims. Nothing else in a token is
 * ever taken for a role.
 */
export type RolesFrom = string | ((claims: HostedClaims) => readonly string[])

const NONE: readonly string[] = Object.freeze([])

/** What users write about themselves (OpenID Connect Core section 5.1; `user_metadata` of Auth0). Cognito lets them write `custom:` attributes. */
const SELF_WRITTEN = new Set(
  (
    'name given_name family_name middle_name nickname preferred_username profile picture website email email_verified gender birthdate zoneinfo locale ' +
    'phone_number phone_number_verified address updated_at user_metadata unique_name upn'
  ).split(' '),
)

/** @throws ConfigurationError for a claim that users can write themselves. */
export function rolesReader(from: RolesFrom | undefined): (claims: HostedClaims) => readonly string[] | null {
  if (from === undefined) return () => NONE
  // A copy: what belongs to a principal is frozen.
  if (typeof from === 'function') return (claims) => textsOrNull(from(claims))?.slice() ?? null
  if (from === '' || SELF_WRITTEN.has(from) || from.startsWith('custom:')) {
    throw new ConfigurationError('Roles of a hosted issuer come from a claim that only administrators can write.')
  }
  return (claims) => textsOrNull(claimOf(claims, from) ?? NONE)
}

/** The claim itself, never something inherited. */
export function claimOf(claims: HostedClaims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** `scope` (RFC 9068 section 2.2.3) or `scp` as text or list; none when there is neither, `null` when it is something else. */
export function scopesIn(claims: HostedClaims): readonly string[] | null {
  const scope = claimOf(claims, 'scope') ?? claimOf(claims, 'scp')
  if (scope === undefined) return NONE
  return typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : textsOrNull(scope)
}

/** Claims by name, each with the text, or one of the texts, that it must have exactly. */
export type RequiredClaims = Readonly<Record<string, OneOrMore>>

/** @throws ConfigurationError for a claim or text that is empty. */
export function claimsDemanded(required: RequiredClaims): (claims: HostedClaims) => boolean {
  const demanded = Object.entries(required).map(([name, texts]) => [requiredText(name, 'claim'), requiredTexts(texts, name)] as const)
  return (claims) =>
    demanded.every(([name, texts]) => {
      const value = claimOf(claims, name)
      return typeof value === 'string' && texts.includes(value)
    })
}

/** RFC 7519 section 4.1.3: one text or a list of them. */
export function hasAudience(claims: HostedClaims, audiences: readonly string[]): boolean {
  const aud = claimOf(claims, 'aud')
  return typeof aud === 'string' ? audiences.includes(aud) : isTexts(aud) && aud.some((each) => audiences.includes(each))
}

function textsOrNull(value: unknown): readonly string[] | null {
  return isTexts(value) ? value : null
}
