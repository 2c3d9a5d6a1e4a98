import type { Principal, Rule } from '@sallyport/core'
import { ruleOf, type Guard, type ProtectedRoutes } from '@sallyport/guard'
import { failure, plainProblem, quiet, within, type OnError } from '@sallyport/http'
import { isOver, missedDeadline, untilOver } from './deadline.ts'
import { randomId, sendLastResort } from './google-handler.ts'
import type { GoogleFunction, GoogleRequest, GoogleResponse } from './google-message.ts'
import { requestHeaders, type Front } from './request-headers.ts'
import { requestId } from './request-id.ts'
import { sendResponse } from './send-response.ts'

export interface GoogleGuardOptions {
  readonly guard: Guard
  /** What stands in front and uses `Authorization` for itself; `null` for nothing of that kind. */
  readonly front?: Front | null
  /**
   * After so many milliseconds the answer is 503, whatever the guard and the guarded function still do; one that was begun is cut off. What the function does to the response then is
   * for nothing. Less than the timeout of the function. `null`: never.
   */
  readonly deadlineMs?: number | null
  /** Told what a guarded function threw, and a deadline that was missed. What it throws is dropped. */
  readonly onError: OnError
  readonly newRequestId?: () => string
}

/** Runs only for those who may pass, and is told who they are: `null` on a public route. Set on its response are `x-request-id` and what lets pages of allowed origins read it. */
export type GuardedFunction<Request extends GoogleRequest, Response extends GoogleResponse> = (
  request: Request,
  response: Response,
  principal: Principal | null,
) => void | Promise<void>

/**
 * Puts one rule, or the routes of a function with many, in front of an HTTP function of yours. Behind routes a request whose path and method none of them names exactly is answered 404,
 * and nobody passes. Preflights of browsers are answered here. A refusal is a whole answer, as Sallyport's own routes give it; a function that throws or rejects is answered without detail: 503
 * with Retry-After for a store that is down, 409 for a conflict, 500 for everything else.
 */
export type GoogleGuard = <Request extends GoogleRequest, Response extends GoogleResponse>(
  rule: Rule | ProtectedRoutes,
  guarded: GuardedFunction<Request, Response>,
) => GoogleFunction<Request, Response>

/** What the guard has said, for an answer in place of one that failed. */
interface Decided {
  cors: { readonly [name: string]: string } | undefined
}

/** Guards for HTTP functions of Google Cloud Functions and of Firebase's `onRequest`: both call with the same two arguments. */
export function googleGuard({ guard, front = null, deadlineMs = null, newRequestId = randomId, ...options }: GoogleGuardOptions): GoogleGuard {
  const onError = quiet(options.onError)

  const fail = (response: GoogleResponse, error: unknown, id: string, cors: Decided['cors']): void => {
    onError(error, id)
    const { code, headers } = failure(error).problem
    sendLastResort(response, id, plainProblem(code, id, { ...cors, ...headers }))
  }

  const inTime = (work: Promise<void>, response: GoogleResponse, id: string, decided: Decided): Promise<void> => {
    if (deadlineMs === null) return work
    const done = work.then(() => untilOver(response))
    const late = (): void => {
      if (isOver(response)) return
      fail(response, missedDeadline(deadlineMs), id, decided.cors)
      deafen(response, (error) => onError(error, id))
    }
    return within(deadlineMs, done, late, (error) => onError(error, id))
  }

  return (rule, guarded) => async (request, response) => {
    const headers = requestHeaders(request, front)
    const id = requestId(headers, newRequestId)
    const { url = '/', method = 'GET' } = request
    const told: Decided = { cors: undefined }
    const run = async (): Promise<void> => {
      const matched = ruleOf(rule, { method, path: url.split('?', 1)[0] as string, headers })
      if (matched === null) {
        sendResponse(response, plainProblem('not-found', id), id)
        return
      }
      const decided = guard({ method, headers, requestId: id }, matched)
      const decision = decided instanceof Promise ? await decided : decided
      // Decided after the deadline, for nobody.
      if (response.writableEnded) return
      if (!decision.allowed) {
        sendResponse(response, decision.response, id)
        return
      }
      told.cors = decision.cors
      response.setHeader('x-request-id', id)
      for (const name in told.cors) response.setHeader(name, told.cors[name] as string)
      await guarded(request, response, decision.principal)
    }
    try {
      await inTime(run(), response, id, told)
    } catch (error) {
      fail(response, error, id, told.cors)
    }
  }
}

/** A function that answers all the same must not end the process: Node throws at a header behind the last one, and has errors of writing heard by somebody. */
function deafen(response: GoogleResponse, onError: (error: unknown) => void): void {
  response.on('error', onError)
  for (const name of ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader', 'writeHead', 'flushHeaders'] as const)
    Object.defineProperty(response, name, { value: () => response })
}
