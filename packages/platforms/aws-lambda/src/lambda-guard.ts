import type { Principal, Rule } from '@sallyport/core'
import type { Guard, ProtectedRoutes } from '@sallyport/guard'
import { plainProblem, quiet, type OnError } from '@sallyport/http'
import { vouchedBy } from './authorizer-context.ts'
import { withCors, type CorsHeaders } from './cors-headers.ts'
import { eventHeaders } from './event-headers.ts'
import { eventPath } from './event-path.ts'
import { ruleFinder } from './gateway-route.ts'
import type { LambdaContext, LambdaResult } from './lambda-event.ts'
import { acceptedEvent, refuseDropping, type EventOptions } from './lambda-handler.ts'
import { eventMethod } from './lambda-request.ts'
import { lambdaResponse } from './lambda-response.ts'
import { requestId } from './request-id.ts'

export interface LambdaGuardOptions extends EventOptions {
  readonly guard: Guard
  /**
   * Believes the context that Sallyport's authorizer has put into the event, and judges it again by the rule. Only for functions that nothing but the gateway may invoke: whoever invokes the
   * function directly writes the event himself. Without a context, or with one that is not whole, the token decides. `false` when left out.
   */
  readonly authorizerContext?: boolean
  /** Told what a guarded function threw; its client gets a bare 500. What it throws is dropped. */
  readonly onError: OnError
}

/** Runs only for those who may pass, and is told who they are: `null` on a public route. */
export type GuardedFunction<Event, Context extends LambdaContext, Result> = (
  event: Event,
  context: Context,
  principal: Principal | null,
) => Result | Promise<Result>

/**
 * Puts one rule, or the routes of a function with many, in front of a Lambda function of yours. A request that no declared route answers exactly, or for which the gateway has chosen a route
 * of another shape than its path, is answered 404, and nobody passes: `/posts/`, say, which HTTP APIs take for `/posts`. Preflights of browsers are answered here, and pages of allowed
 * origins may read what the function answers with a status. A refusal is a whole answer in the form of the event, as
 * Sallyport's own routes give it; a function that throws or rejects is answered 500 without detail. Rejects for events of no known front.
 */
export type LambdaGuard = <Event, Context extends LambdaContext, Result>(
  rule: Rule | ProtectedRoutes,
  guarded: GuardedFunction<Event, Context, Result>,
) => (event: Event, context: Context) => Promise<Result | LambdaResult>

/** Guards for functions behind API Gateway (REST API, HTTP API), function URLs and load balancers, with an authorizer in front or without. */
export function lambdaGuard(options: LambdaGuardOptions): LambdaGuard {
  const { guard, authorizerContext = false, basePath = '', singleValueHeaders = false } = options
  const onError = quiet(options.onError)

  return (rule, guarded) => {
    const findRule = ruleFinder(rule)
    return async (event, context) => {
      const lambdaEvent = acceptedEvent(event, context, onError)
      const id = requestId(lambdaEvent, context)
      let cors: CorsHeaders
      try {
        refuseDropping(lambdaEvent, singleValueHeaders)
        const request = { method: eventMethod(lambdaEvent), path: eventPath(lambdaEvent, basePath), headers: eventHeaders(lambdaEvent) }
        const matched = findRule(lambdaEvent, request)
        if (matched === null) return lambdaResponse(lambdaEvent, plainProblem('not-found', id), id)
        const vouched = authorizerContext ? vouchedBy(lambdaEvent) : null
        const decided = guard({ ...request, requestId: id, vouched }, matched)
        const decision = decided instanceof Promise ? await decided : decided
        if (!decision.allowed) return lambdaResponse(lambdaEvent, decision.response, id)
        cors = decision.cors
        return withCors(lambdaEvent, await guarded(event, context, decision.principal), cors)
      } catch (error) {
        onError(error, id)
        return withCors(lambdaEvent, lambdaResponse(lambdaEvent, plainProblem('internal', id), id), cors)
      }
    }
  }
}
