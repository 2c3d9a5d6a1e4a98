import { ConfigurationError, judge, SECOND, type Principal, type SignedInRule } from '@sallyport/core'
import { contextOf, decider, secondsLeft } from '@sallyport/guard'
import { authorizerFailure } from './authorizer-errors.ts'
import { checkTtl, type AuthorizerOptions } from './authorizer-options.ts'
import type { AppSyncAuthorizerEvent, InvocationContext } from './gateway-events.ts'

export interface AppSyncAuthorizerOptions extends AuthorizerOptions {
  /** What it takes to ask the API anything at all, and all that it takes for a field that `fields` does not name. */
  readonly defaultRule: SignedInRule
  /** What some fields take in addition, by `Type.field`, such as `Mutation.deletePost`: AppSync cannot open a field to somebody who may not call the API. */
  readonly fields: Readonly<Record<string, SignedInRule>>
  /** What clients write in front of the token; AppSync's own documentation advises `none`. */
  readonly scheme: 'bearer' | 'none'
}

export interface AppSyncResponse {
  readonly isAuthorized: boolean
  /** `$ctx.identity.resolverContext`: texts only. */
  readonly resolverContext: Readonly<Record<string, string>>
  /** Answered with null and an error. AppSync does not promise that their resolvers do not run. */
  readonly deniedFields: readonly string[]
  /** Instead of the time that the API is configured for. */
  readonly ttlOverride: number
}

/** Rejects for what could not be decided; every other refusal is `isAuthorized: false`, or a denied field. */
export type AppSyncAuthorizer = (event: AppSyncAuthorizerEvent, context: InvocationContext) => Promise<AppSyncResponse>

const FIELD = /^[_A-Za-z][_0-9A-Za-z]*\.[_A-Za-z][_0-9A-Za-z]*$/

/**
 * The Lambda authorizer of an AppSync API. AppSync takes from each answer how long it may be kept, so it never outlives the credential or the freshness of a sign-in; with a strict rule among
 * the rules nothing is kept. Throws `ConfigurationError` (`configuration`) for a revocation bound above the maximum and for a name that is no field.
 */
export function appsyncAuthorizer(options: AppSyncAuthorizerOptions): AppSyncAuthorizer {
  checkTtl(options)
  const { clock, defaultRule, fields, scheme, ttlSeconds } = options
  const ask = decider({ ...options, transports: ['bearer'] })
  const rows = Object.entries(fields)
  for (const [field] of rows) {
    if (!FIELD.test(field)) throw new ConfigurationError(`A field is named like Mutation.deletePost: ${field}`)
  }
  const rules = [defaultRule, ...rows.map(([, rule]) => rule)]
  const strict = rules.some((rule) => rule.strict === true)

  return async ({ authorizationToken }, { awsRequestId }) => {
    const headers =
      typeof authorizationToken === 'string' ? { authorization: scheme === 'bearer' ? authorizationToken : `Bearer ${authorizationToken}` } : {}
    const decision = await ask({ method: 'POST', headers, requestId: awsRequestId }, strict ? { ...defaultRule, strict } : defaultRule)
    if (!decision.allowed) {
      if (decision.refusal === 'unavailable' || decision.refusal === 'broken') throw authorizerFailure(decision.refusal)
      return { isAuthorized: false, resolverContext: {}, deniedFields: [], ttlOverride: 0 }
    }
    const { principal, transport } = decision
    if (principal === null) throw authorizerFailure('broken')
    return {
      isAuthorized: true,
      resolverContext: Object.fromEntries(Object.entries(contextOf({ principal, transport })).map(([name, value]) => [name, String(value)])),
      deniedFields: rows.flatMap(([field, rule]) => (judge(principal, rule, clock).allowed ? [] : [field])),
      ttlOverride: strict ? 0 : Math.min(secondsLeft(principal, clock, ttlSeconds), freshFor(principal)),
    }
  }

  /** Until the first rule that holds now would hold no more. */
  function freshFor({ authenticatedAt }: Principal): number {
    const left = rules.flatMap(({ freshSeconds }) => freshSeconds ?? []).map((seconds) => authenticatedAt + seconds * SECOND - clock.now())
    return Math.floor(Math.min(ttlSeconds * SECOND, ...left.filter((milliseconds) => milliseconds > 0)) / SECOND)
  }
}
