import type { Principal, Rule } from '@sallyport/core'
import { plainProblem, quiet, type HttpHandler, type HttpRequest, type HttpResponse, type OnError } from '@sallyport/http'
import type { Decision, Guard } from './guard.ts'
import { answerHeaders, ruleOf } from './preflight.ts'
import type { ProtectedRoutes } from './protected-routes.ts'

export interface HandlerGuardOptions {
  readonly guard: Guard
  /** Told what a guarded handler threw; its client gets a bare 500. What it throws is dropped. */
  readonly onError: OnError
}

/** Runs only for those who may pass, and is told who they are: `null` on a public route. */
export type GuardedHandler = (request: HttpRequest, principal: Principal | null) => HttpResponse | Promise<HttpResponse>

/**
 * Puts one rule, or the routes of a handler with many, in front of a handler on plain requests, such as the Node server takes. Behind routes a request whose path and method none of
 * them names exactly is answered 404, and nobody passes. Preflights of browsers are answered here, and answers may be read by pages of allowed origins. A handler that throws or rejects is answered 500 without detail.
 */
export type HandlerGuard = (rule: Rule | ProtectedRoutes, guarded: GuardedHandler) => HttpHandler

export function handlerGuard({ guard, ...options }: HandlerGuardOptions): HandlerGuard {
  const onError = quiet(options.onError)
  return (rule, guarded) => {
    const failed = (error: unknown, { requestId }: HttpRequest): HttpResponse => {
      onError(error, requestId)
      return plainProblem('internal', requestId)
    }
    const served = (request: HttpRequest, decision: Decision): HttpResponse | Promise<HttpResponse> => {
      if (!decision.allowed) return decision.response
      const { principal, cors } = decision
      const failedBehind = (error: unknown): HttpResponse => withCors(failed(error, request), cors)
      try {
        const answer = guarded(request, principal)
        if (!(answer instanceof Promise)) return withCors(answer, cors)
        return answer.then((settled) => withCors(settled, cors)).catch(failedBehind)
      } catch (error) {
        return failedBehind(error)
      }
    }
    return (request) => {
      try {
        const matched = ruleOf(rule, request)
        if (matched === null) return plainProblem('not-found', request.requestId)
        const decision = guard(request, matched)
        if (!(decision instanceof Promise)) return served(request, decision)
        return decision.then((settled) => served(request, settled)).catch((error: unknown) => failed(error, request))
      } catch (error) {
        return failed(error, request)
      }
    }
  }
}

function withCors(response: HttpResponse, cors: HttpResponse['headers'] | undefined): HttpResponse {
  return cors === undefined ? response : { ...response, headers: answerHeaders(cors, response.headers) }
}
