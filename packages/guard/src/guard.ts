import type { Principal, Rule } from '@sallyport/core'
import { failure, refusedBy, renderProblem, responseHeaders, type HttpResponse, type Problem } from '@sallyport/http'
import type { Preflight } from './preflight.ts'
import { decider, type GuardedRequest, type GuardOptions, type GuardRefusal, type Ruling } from './decider.ts'

export type Decision =
  | {
      readonly allowed: true
      readonly principal: Principal | null
      /** Belongs to whatever is answered, so that pages of allowed origins may read it; absent where no origin is allowed. */
      readonly cors?: { readonly [name: string]: string }
    }
  | {
      readonly allowed: false
      readonly refusal: GuardRefusal
      /** The whole answer: a problem document as the handlers of Sallyport give it. A preflight, by which nobody gets in either, is answered 204. */
      readonly response: HttpResponse
      /** Who was refused, for the audit log. */
      readonly principal: Principal | null
    }

/**
 * The one decision for a request under a rule, with the answer that goes with a refusal. Never throws and never rejects: what cannot be decided is refused.
 * A value and not a promise where nothing had to be waited for.
 */
export type Guard = (request: GuardedRequest, rule: Rule | Preflight) => Decision | Promise<Decision>

/** RFC 9110 section 5.1, as browsers list them. */
const HEADER_NAMES = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:, ?[a-z0-9!#$%&'*+.^_`|~-]+){0,63}$/

/** The decision of `decider`, with the answer to whoever is refused: for functions that answer themselves. */
export function guard(options: GuardOptions): Guard {
  const decide = decider(options)
  const headers = responseHeaders(options)

  /** Whose pages may send anything may send any header: which ones a function reads is its own business. */
  const preflightAnswer = ({ headers: asked }: GuardedRequest, { methods }: Preflight): HttpResponse => {
    const answer = headers.preflight(asked, methods)
    const wanted = asked['access-control-request-headers']
    const named = 'access-control-allow-headers' in answer && typeof wanted === 'string' && HEADER_NAMES.test(wanted)
    return { status: 204, headers: named ? { ...answer, 'access-control-allow-headers': wanted } : answer, cookies: [], body: '' }
  }

  const rendered = (request: GuardedRequest, rule: Rule, ruling: Ruling): Decision => {
    if (ruling.allowed) {
      const cors = headers.cors(request.headers)
      return { allowed: true, principal: ruling.principal, ...(cors === null ? {} : { cors }) }
    }
    const { refusal, principal } = ruling
    return {
      allowed: false,
      refusal,
      response: renderProblem(problemOf(ruling, rule), request.requestId, headers.for(request.headers), null),
      principal,
    }
  }

  return (request, rule) => {
    if (rule.access === 'preflight') return { allowed: false, refusal: 'unauthenticated', response: preflightAnswer(request, rule), principal: null }
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
