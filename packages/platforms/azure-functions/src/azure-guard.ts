import type { Principal, Rule } from '@sallyport/core'
import { ruleOf, type Guard, type ProtectedRoutes } from '@sallyport/guard'
import { failure, fetchHeaders, plainProblem, quiet, type OnError } from '@sallyport/http'
import type { AzureContext, AzureRequest, AzureResponse } from './azure-message.ts'
import { azureResponse } from './azure-response.ts'
import { withCors } from './cors-headers.ts'
import { checkTrustedFront, dropIdentityHeaders, type Environment, type TrustedFront } from './identity-headers.ts'
import { inTime, isOver, overloaded } from './in-time.ts'
import { requestId } from './request-id.ts'
import { requestTarget } from './request-target.ts'

export interface AzureGuardOptions {
  readonly guard: Guard
  /**
   * After so many milliseconds the answer is 503, whatever guard or function still do, the body that is slow to arrive included; a function that has not begun by then does not run. Less than
   * the `functionTimeout` of host.json and the 230 s of the front end. `null`, the default: never.
   */
  readonly deadlineMs?: number | null
  /** Whose identity headers guarded functions get to see, and no other's; `null`, the default, takes them all out. The guard itself decides by none of them. */
  readonly trustedFront?: TrustedFront | null
  /** Where it is looked up whether that front is switched on: `process.env` when left out. */
  readonly environment?: Environment
  /** Told what a guarded function threw, which its client never learns, and a deadline that was missed. What it throws is dropped. */
  readonly onError: OnError
}

/** Runs only for those who may pass, and is told who they are: `null` on a public route. */
export type GuardedFunction<Request extends AzureRequest, Context extends AzureContext, Answer> = (
  request: Request,
  context: Context,
  principal: Principal | null,
) => Answer | Promise<Answer>

/**
 * Puts one rule, or the routes of a function with many, in front of an HTTP function of yours. Behind routes a request whose path and method none of them names exactly is answered 404, and nobody
 * passes, whatever the host's own matching takes for the same: it ignores case and a slash at the end. Preflights of browsers are answered here, and pages of allowed origins may read what the
 * function answers. A refusal is a whole answer, as Sallyport's own routes give it; a function that throws
 * or rejects is answered without detail: 503 for a store that cannot be reached, 500 for everything that nobody expected. A deadline that is missed is a 503 as well.
 */
export type AzureGuard = <Request extends AzureRequest, Context extends AzureContext, Answer>(
  rule: Rule | ProtectedRoutes,
  guarded: GuardedFunction<Request, Context, Answer>,
) => (request: Request, context: Context) => Promise<Answer | AzureResponse>

/** Guards for HTTP functions. Throws `ConfigurationError` (`configuration`) for a trusted front that is not there. */
export function azureGuard({ guard, deadlineMs = null, trustedFront = null, environment = process.env, ...options }: AzureGuardOptions): AzureGuard {
  checkTrustedFront(trustedFront, environment)
  const onError = quiet(options.onError)

  const answerTo = async <Answer>(
    request: AzureRequest,
    id: string,
    rule: Rule | ProtectedRoutes,
    run: (principal: Principal | null) => Answer | Promise<Answer>,
  ): Promise<Answer | AzureResponse> => {
    let cors: Readonly<Record<string, string>> | undefined
    try {
      const { method } = request
      const headers = fetchHeaders(request.headers)
      const matched = ruleOf(rule, { method, path: requestTarget(request.url).path, headers })
      if (matched === null) return azureResponse(plainProblem('not-found', id), id)
      const decision = await guard({ method, headers, requestId: id }, matched)
      // Decided after the deadline, for nobody: the 503 has left.
      if (isOver(request)) return azureResponse(overloaded(id), id)
      if (!decision.allowed) return azureResponse(decision.response, id)
      cors = decision.cors
      dropIdentityHeaders(request, trustedFront)
      return withCors(await run(decision.principal), cors)
    } catch (error) {
      onError(error, id)
      const { code, headers } = failure(error).problem
      return azureResponse(plainProblem(code, id, { ...cors, ...headers }), id)
    }
  }

  return (rule, guarded) => (request, context) => {
    const id = requestId(request, context)
    const answer = answerTo(request, id, rule, (principal) => guarded(request, context, principal))
    return inTime(request, answer, { deadlineMs, onError }, id, (problem) => azureResponse(problem, id))
  }
}
