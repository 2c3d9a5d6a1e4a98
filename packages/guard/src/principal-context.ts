import type { Principal } from '@sallyport/core'
import type { Transport } from '@sallyport/http'

/** What an authorizer hands to the function behind it: flat and typed, as every gateway takes it, and without a token, an e-mail or a name. */
export interface PrincipalContext {
  readonly [member: string]: string | number | boolean
}

/** The version of this form. A context without it was not made here. */
const FORM = '2'

/** Whom an authorizer has checked, and how the credential came: a gateway that keeps the verdict uses it for requests that show something else beside. */
export interface Vouched {
  readonly principal: Principal
  readonly transport: Transport
}

/** Lists are JSON texts, because a role may hold any separator. `profile` stays behind: contexts end up in access logs. */
export function contextOf({ principal, transport }: Vouched): PrincipalContext {
  const { userId, sessionId, roles, scopes, authenticatedAt, asOf, expiresAt } = principal
  return {
    sallyport: FORM,
    userId,
    sessionId,
    transport,
    roles: roles.length === 0 ? '[]' : JSON.stringify(roles),
    scopes: scopes.length === 0 ? '[]' : JSON.stringify(scopes),
    authenticatedAt,
    asOf,
    expiresAt,
  }
}

/**
 * Whom a context that `contextOf` made vouches for, after a gateway turned its numbers into texts or did not; `null` for everything else, a missing, incomplete or
 * malformed one most of all, and never a part of one. Whether it is still alive is the guard's question.
 */
export function vouchedIn(context: unknown): Vouched | null {
  if (typeof context !== 'object' || context === null) return null
  const member = (name: string): unknown => (Object.hasOwn(context, name) ? (context as Readonly<Record<string, unknown>>)[name] : undefined)
  const [userId, sessionId, transport] = [member('userId'), member('sessionId'), member('transport')]
  const [roles, scopes] = [textsIn(member('roles')), textsIn(member('scopes'))]
  const [authenticatedAt, asOf, expiresAt] = [instantIn(member('authenticatedAt')), instantIn(member('asOf')), instantIn(member('expiresAt'))]
  if (member('sallyport') !== FORM || typeof userId !== 'string' || userId === '' || typeof sessionId !== 'string') return null
  if (roles === null || scopes === null || authenticatedAt === null || asOf === null || expiresAt === null) return null
  if (transport !== 'bearer' && transport !== 'cookie') return null
  return { principal: { userId, sessionId, roles, scopes, profile: null, authenticatedAt, asOf, expiresAt }, transport }
}

function textsIn(value: unknown): readonly string[] | null {
  if (typeof value !== 'string') return null
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) && parsed.every((each) => typeof each === 'string') ? parsed : null
  } catch {
    return null
  }
}

function instantIn(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : null
}
