import { ConfigurationError, revocationBoundSeconds, type RevocationSettings, type Rule } from '@sallyport/core'
import type { GuardOptions, ProtectedRoute } from '@sallyport/guard'

/** What every authorizer of a gateway is made from: the guard's parts, and what the gateway does with its verdicts. */
export interface AuthorizerOptions extends GuardOptions {
  /** As configured at the gateway: for how long it keeps a verdict, 0 for not at all. */
  readonly ttlSeconds: number
  /** What the revocation bound is computed from, beside the gateway's cache. */
  readonly revocation: Omit<RevocationSettings, 'authorizerTtlSeconds'>
}

export interface RouteAuthorizerOptions extends AuthorizerOptions {
  /** All routes of the API behind the gateway. */
  readonly routes: readonly ProtectedRoute[]
  /**
   * Whether every function behind stands behind the guard itself and so asks again. Then what no kept verdict can say (how fresh a sign-in is, whether the session
   * lives this very moment, whose page sent a cookie) is left to it. Otherwise such routes need a gateway that keeps nothing.
   */
  readonly recheckedBehind: boolean
}

/** As the gateways take it. */
const TTL_MAX_SECONDS = 3600

/** Throws `ConfigurationError` (`configuration`) for a revocation bound above the maximum and for a time that no gateway takes. */
export function checkTtl({ ttlSeconds, revocation }: Pick<AuthorizerOptions, 'ttlSeconds' | 'revocation'>): void {
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > TTL_MAX_SECONDS)
    throw new ConfigurationError(`A gateway keeps a verdict for a whole number of seconds from 0 to ${TTL_MAX_SECONDS}.`)
  revocationBoundSeconds({ ...revocation, authorizerTtlSeconds: ttlSeconds })
}

const CHANGING: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE', 'ANY']

/** Throws `ConfigurationError` (`configuration`) naming the routes whose verdict must not be kept, when the gateway keeps it and nobody asks again. */
export function checkCaching(options: RouteAuthorizerOptions): void {
  checkTtl(options)
  const { ttlSeconds, transports, recheckedBehind, routes } = options
  if (ttlSeconds === 0) return
  // A gateway demands every identity source it keys its cache by; keyed by one of two, it would give one caller the verdict of another.
  if (transports.length !== 1)
    throw new ConfigurationError('A gateway that keeps verdicts can tell callers apart by one transport only: bearer or cookie.')
  if (recheckedBehind) return
  const refuse = (why: string, which: readonly ProtectedRoute[]): void => {
    if (which.length === 0) return
    const names = which.map(({ method, path }) => `${method} ${path}`).join(', ')
    throw new ConfigurationError(`${why}, so with a cache at the gateway the functions behind must ask again (recheckedBehind): ${names}`)
  }
  refuse(
    'A kept verdict cannot follow the time or the session',
    routes.filter(({ rule }) => dependsOnNow(rule)),
  )
  if (transports.includes('cookie'))
    refuse(
      'A kept verdict cannot know whose page sends a cookie',
      routes.filter(({ method, rule }) => rule.access !== 'public' && CHANGING.includes(method)),
    )
}

/** What is left of a rule to decide here, when the rest is decided behind. */
export function ruleHere(rule: Rule, recheckedBehind: boolean): Rule {
  if (!recheckedBehind || !dependsOnNow(rule)) return rule
  const { access, roles, scopes } = rule
  return { access, ...(roles === undefined ? {} : { roles }), ...(scopes === undefined ? {} : { scopes }) }
}

function dependsOnNow(rule: Rule): rule is Exclude<Rule, { readonly access: 'public' }> {
  return rule.access === 'signed-in' && (rule.freshSeconds !== undefined || rule.strict === true)
}
