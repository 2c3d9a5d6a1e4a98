import type { Principal, Rule } from '@sallyport/core'
import { fetchHeaders, fetchResponse, withHeaders } from '@sallyport/http'
import type { Guard } from './guard.ts'
import { ruleOf } from './preflight.ts'

export interface FetchGuardOptions {
  readonly guard: Guard
  /** Names the request in problem documents; a random UUID when left out. */
  readonly requestId?: (request: Request) => string
}

/** A handler behind a rule, for runtimes and frameworks that speak `Request` and `Response`. It runs only for those who may pass, and is told who they are. */
export type FetchGuard = (
  rule: Rule,
  handler: (request: Request, principal: Principal | null) => Response | Promise<Response>,
) => (request: Request) => Promise<Response>

/** Apart from everything else: whoever does not call it never loads those classes, which double the start of a cold function. */
export function fetchGuard({ guard, requestId = () => crypto.randomUUID() }: FetchGuardOptions): FetchGuard {
  return (rule, handler) => async (request) => {
    const { method } = request
    const headers = fetchHeaders(request.headers)
    const decision = await guard({ method, headers, requestId: requestId(request) }, ruleOf(rule, { method, path: '', headers }) ?? rule)
    if (!decision.allowed) return fetchResponse(decision.response)
    const answer = await handler(request, decision.principal)
    return decision.cors === undefined ? answer : withHeaders(answer, decision.cors)
  }
}
