import { authorizer, type Clock, type Principal, type Rule, type TokenChecker } from '@sallyport/core'
import { guard, protectedRoutes, vouchedIn, type ProtectedRoute } from '@sallyport/guard'
import type { Transport } from '@sallyport/http'
import type { HttpPolicyAuthorizerOptions } from '../src/authorizers/http-policy-authorizer.ts'
import type { ClientRequest, Gateway } from './gateways.ts'

/** What a client learns, as far as it matters whether it is the same. `open`: let in as nobody, or where it does not matter as whom. */
export type SeenVerdict = 'open' | `as ${string}` | 'unauthenticated' | 'refused' | 'error'

export type SideOptions = HttpPolicyAuthorizerOptions & { readonly identityHeader: 'authorization' | 'cookie'; readonly publicToo: boolean }

export interface SideSettings {
  readonly check: TokenChecker['check']
  readonly clock: Clock
  readonly routes: readonly ProtectedRoute[]
  readonly transport: Transport
  /** Whether public routes have the authorizer, too. */
  readonly publicToo: boolean
  readonly ttlSeconds: number
  /** Whether a function behind asks the guard again. */
  readonly recheckedBehind: boolean
}

export const PAGES: { readonly own: string; readonly foreign: string } = { own: 'https://auth.example.com', foreign: 'https://evil.example' }

/** A gateway with its authorizer and, where it asks again, the function behind. Throws what the authorizer throws at its start. */
export function gatewaySide(
  { check, clock, routes, transport, publicToo, ttlSeconds, recheckedBehind }: SideSettings,
  build: (options: SideOptions) => Gateway,
): (request: ClientRequest) => Promise<SeenVerdict> {
  const parts = {
    authorize: authorizer({ strategy: { check, checkStrictly: async (token) => check(token) }, clock }),
    clock,
    transports: [transport],
    publicUrl: PAGES.own,
    allowedOrigins: [],
  }
  const gateway = build({
    ...parts,
    routes,
    ttlSeconds,
    recheckedBehind,
    undeclaredPaths: 'denied',
    revocation: { strategy: 'session', accessTokenSeconds: 0, sessionCacheSeconds: 0, maximumSeconds: 900 },
    identityHeader: transport === 'bearer' ? 'authorization' : 'cookie',
    publicToo,
  })
  const declared = protectedRoutes(routes)
  const behind = guard(parts)

  return async (request) => {
    const answer = await gateway(request)
    const rule = declared.find(request.method, request.path)?.rule
    if (answer.status === 500) return 'error'
    if (answer.status !== 200) return answer.status === 401 ? 'unauthenticated' : 'refused'
    const vouched = vouchedIn(answer.context)
    if (!recheckedBehind || rule === undefined) return letIn(rule, vouched?.principal ?? null)
    const decision = await behind({ ...request, requestId: 'behind', vouched }, rule)
    if (decision.allowed) return letIn(rule, decision.principal)
    if (decision.refusal === 'unavailable' || decision.refusal === 'broken') return 'error'
    return decision.refusal === 'unauthenticated' ? decision.refusal : 'refused'
  }
}

function letIn(rule: Rule | undefined, principal: Principal | null): SeenVerdict {
  return rule?.access === 'public' || principal === null ? 'open' : `as ${principal.userId}`
}
