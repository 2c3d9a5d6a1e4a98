import type { Principal, Rule } from '@sallyport/core'
import { failure, refusedBy, renderProblem, responseHeaders, type HttpResponse, type Problem } from '@sallyport/http'
import { decider, type GuardedRequest, type GuardOptions, type GuardRefusal, type Ruling } from './decider.ts'

export type Decision =
  | { readonly allowed: true; readonly principal: Principal | null }
  /** `response` is the whole answer, a problem document as the handlers of Sallyport give it; `principal` is who was refused, for the audit log. */
  | { readonly allowed: false; readonly refusal: GuardRefusal; readonly response: HttpResponse; readonly principal: Principal | null }

/**
 * The one decision for a request under a rule, with the answer that goes with a refusal. Never throws and never rejects: what cannot be decided is refused.
 * A value and not a promise where nothing had to be waited for.
 */
export type Guard = (request: GuardedRequest, rule: Rule) => Decision | Promise<Decision>

/** The decision of `decider`, with the answer to whoever is refused: for functions that answer themselves. */
export function guard(options: GuardOptions): Guard {
  const decide = decider(options)
  const headers = responseHeaders(options)

  const rendered = (request: GuardedRequest, rule: Rule, ruling: Ruling): Decision => {
    if (ruling.allowed) return { allowed: true, principal: ruling.principal }
    const { refusal, principal } = ruling
    return {
      allowed: false,
      refusal,
      response: renderProblem(problemOf(ruling, rule), request.requestId, headers.for(request.headers), null),
      principal,
    }
  }

  return (request, rule) => {
    const ruling = decide(request, rule)
    return ruling instanceof Promise ? ruling.then((settled) => rendered(request, rule, settled)) : rendered(request, rule, ruling)
  }
}

function problemOf({ refusal, tokenSent, error }: Exclude<Ruling, { readonly allowed: true }>, rule: Rule): Problem {
  switch (refusal) {
    case 'cross-site':
      return { code: 'cross-site' }
    case 'unavailable':
      return failure(error).problem
    case 'broken':
      return { code: 'internal' }
    default:
      return refusedBy(refusal, rule, tokenSent).problem
  }
}
