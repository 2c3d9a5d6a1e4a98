import type { Principal, Rule } from '@sallyport/core'
import type { Guard, ProtectedRoutes } from '@sallyport/guard'
import { failure, plainProblem, quiet, type OnError } from '@sallyport/http'
import { randomId, sendLastResort } from './google-handler.ts'
import type { GoogleFunction, GoogleRequest, GoogleResponse } from './google-message.ts'
import { requestHeaders, type Front } from './request-headers.ts'
import { requestId } from './request-id.ts'
import { sendResponse } from './send-response.ts'

export interface GoogleGuardOptions {
  readonly guard: Guard
  /** What stands in front and uses `Authorization` for itself; `null` for nothing of that kind. */
  readonly front?: Front | null
  /** Told what a guarded function threw. What it throws is dropped. */
  readonly onError: OnError
  readonly newRequestId?: () => string
}

/** Runs only for those who may pass, and is told who they are: `null` on a public route. The header `x-request-id` is set on its response. */
export type GuardedFunction<Request extends GoogleRequest, Response extends GoogleResponse> = (
  request: Request,
  response: Response,
  principal: Principal | null,
) => void | Promise<void>

/**
 * Puts one rule, or the routes of a function with many, in front of an HTTP function of yours. Behind routes a request whose path and method none of them names exactly is answered 404,
 * and nobody passes. A refusal is a whole answer, as Sallyport's own routes give it; a function that throws or rejects is answered without detail: 503
 * with Retry-After for a store that is down, 409 for a conflict, 500 for everything else.
 */
export type GoogleGuard = <Request extends GoogleRequest, Response extends GoogleResponse>(
  rule: Rule | ProtectedRoutes,
  guarded: GuardedFunction<Request, Response>,
) => GoogleFunction<Request, Response>

/** Guards for HTTP functions of Google Cloud Functions and of Firebase's `onRequest`: both call with the same two arguments. */
export function googleGuard({ guard, front = null, newRequestId = randomId, ...options }: GoogleGuardOptions): GoogleGuard {
  const onError = quiet(options.onError)
  return (rule, guarded) => async (request, response) => {
    const headers = requestHeaders(request, front)
    const id = requestId(headers, newRequestId)
    const { url = '/', method = 'GET' } = request
    try {
      const matched = 'find' in rule ? (rule.find(method, url.split('?', 1)[0] as string)?.rule ?? null) : rule
      if (matched === null) {
        sendResponse(response, plainProblem('not-found', id), id)
        return
      }
      const decided = guard({ method, headers, requestId: id }, matched)
      const decision = decided instanceof Promise ? await decided : decided
      if (!decision.allowed) {
        sendResponse(response, decision.response, id)
        return
      }
      response.setHeader('x-request-id', id)
      await guarded(request, response, decision.principal)
    } catch (error) {
      onError(error, id)
      const { code, headers: more } = failure(error).problem
      sendLastResort(response, id, plainProblem(code, id, more))
    }
  }
}
