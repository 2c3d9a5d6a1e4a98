import { SECOND } from './instant.ts'
import type { Clock } from './ports/clock.ts'
import type { Principal } from './session/principal.ts'
import type { TokenChecker } from './session/token-checker.ts'

/** What a route demands of its caller. */
export type Rule = PublicRule | SignedInRule

export interface PublicRule {
  readonly access: 'public'
}

export interface SignedInRule {
  readonly access: 'signed-in'
  /** The last sign-in is at most this old. */
  readonly freshSeconds?: number
  /** Any one of these. */
  readonly roles?: readonly string[]
  /** All of these. */
  readonly scopes?: readonly string[]
  /** Reads the session in every strategy: an ended one is refused at once, and roles are those of now. Where there is no session to read nobody may pass. */
  readonly strict?: boolean
}

/** `unauthenticated`: no credential, or one that is worth nothing, and nobody is told which. `not-fresh`: sign in again (RFC 9470). `forbidden`: it is you, and you may not. */
export type Refusal = 'unauthenticated' | 'not-fresh' | 'forbidden'

export type Verdict =
  | { readonly allowed: true; readonly principal: Principal | null }
  | { readonly allowed: false; readonly refusal: Refusal; readonly principal: Principal | null }

/**
 * The one decision that every gateway and runtime renders: this token, under this rule. A value and not a promise where no store is read.
 * Throws `StoreUnavailableError` when the session cannot be read; never an allow then.
 */
export type Authorize = (accessToken: string | null, rule: Rule) => Verdict | Promise<Verdict>

const OPEN: Verdict = Object.freeze({ allowed: true, principal: null })
const UNAUTHENTICATED: Verdict = Object.freeze({ allowed: false, refusal: 'unauthenticated', principal: null })

export function authorizer({ strategy, clock }: { readonly strategy: TokenChecker; readonly clock: Clock }): Authorize {
  return (accessToken, rule) => {
    if (rule.access === 'public') return OPEN
    if (accessToken === null) return UNAUTHENTICATED
    const checked = rule.strict === true ? checkStrictly(strategy, accessToken) : strategy.check(accessToken)
    return checked instanceof Promise ? checked.then((principal) => judge(principal, rule, clock)) : judge(checked, rule, clock)
  }
}

function checkStrictly(strategy: TokenChecker, accessToken: string): Promise<Principal | null> | null {
  return strategy.checkStrictly === null ? null : strategy.checkStrictly(accessToken)
}

/**
 * The part of the decision that needs no credential: somebody who was checked before, under this rule. `null` is nobody. What `strict` demands is not judged here: it is a
 * matter of how the principal was found.
 */
export function judge(principal: Principal | null, rule: SignedInRule, clock: Clock): Verdict {
  if (principal === null) return UNAUTHENTICATED
  if (rule.roles !== undefined && !rule.roles.some((role) => principal.roles.includes(role)))
    return { allowed: false, refusal: 'forbidden', principal }
  if (rule.scopes !== undefined && !rule.scopes.every((scope) => principal.scopes.includes(scope)))
    return { allowed: false, refusal: 'forbidden', principal }
  if (rule.freshSeconds !== undefined && clock.now() >= principal.authenticatedAt + rule.freshSeconds * SECOND)
    return { allowed: false, refusal: 'not-fresh', principal }
  return { allowed: true, principal }
}
