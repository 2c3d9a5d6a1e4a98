import type { Principal, Rule } from '@sallyport/core'
import type { Decision, Guard, GuardRefusal } from '@sallyport/guard'
import { failure, problems, problemType, quiet, within, type HttpHeaders, type OnError } from '@sallyport/http'
import { missedDeadline } from './deadline.ts'
import { randomId } from './google-handler.ts'
import type { GoogleRequest } from './google-message.ts'
import { requestHeaders } from './request-headers.ts'
import { requestId } from './request-id.ts'

/** Of the codes of Firebase's `HttpsError`, those that a guard has a use for. */
export type CallableErrorCode = 'unauthenticated' | 'permission-denied' | 'unavailable' | 'internal'

/** What an error tells the client besides its code. */
export interface CallableErrorDetails {
  /** As in problem documents: `urn:sallyport:problem:not-fresh` is `unauthenticated` too, and asks for something else. */
  readonly type: string
  readonly requestId: string
  readonly retryAfterSeconds?: number
}

/** What is used of Firebase's `CallableRequest`. `auth` is not: it is filled without a signature check where `FUNCTIONS_EMULATOR` switches that off. */
export interface CallableRequest {
  readonly rawRequest: GoogleRequest
}

export interface CallableGuardOptions {
  readonly guard: Guard
  /** `HttpsError` of `firebase-functions/https`, given so that this package needs none of it. */
  readonly HttpsError: new (code: CallableErrorCode, message: string, details?: CallableErrorDetails) => Error
  /**
   * The header in which clients send Sallyport's own tokens, such as `x-sallyport-authorization`, in the form of `Authorization`; `null`: they send none. Firebase takes a bearer
   * token in `Authorization` for one of Firebase Authentication and answers 401 to every other before a callable is called. Whoever sends both sends two credentials, and is refused.
   */
  readonly credentialHeader?: Lowercase<string> | null
  /** After so many milliseconds the answer is `unavailable`, whatever the guard and the callable still do: less than the timeout of the function. `null`: never. */
  readonly deadlineMs?: number | null
  /** Told what a guarded callable threw, except an `HttpsError` of its own, and a deadline that was missed. What it throws is dropped. */
  readonly onError: OnError
  readonly newRequestId?: () => string
}

/**
 * Puts a rule in front of a callable function (Firebase v2 `onCall`). It runs only for those who may pass, and is told who they are: `null` under a public rule. A refusal is an
 * `HttpsError`; so is everything else that it throws, without its text, because Firebase logs what it does not know in full. A cookie needs a trusted `Origin` always: a callable is POST.
 */
export type CallableGuard = <Request extends CallableRequest, Result, Response = unknown>(
  rule: Rule,
  guarded: (request: Request, principal: Principal | null, response: Response) => Result | Promise<Result>,
) => (request: Request, response: Response) => Promise<Result>

const CODES: { readonly [refusal in GuardRefusal]: CallableErrorCode } = {
  unauthenticated: 'unauthenticated',
  'not-fresh': 'unauthenticated',
  forbidden: 'permission-denied',
  'cross-site': 'permission-denied',
  unavailable: 'unavailable',
  broken: 'internal',
}

export function callableGuard({
  guard,
  HttpsError,
  credentialHeader = null,
  deadlineMs = null,
  newRequestId = randomId,
  ...options
}: CallableGuardOptions): CallableGuard {
  const onError = quiet(options.onError)

  const refused = ({ refusal, response }: Decision & { readonly allowed: false }, id: string): Error => {
    const { type, title } = JSON.parse(response.body) as { readonly type: string; readonly title: string }
    const retryAfter = response.headers['retry-after']
    return new HttpsError(CODES[refusal], title, {
      type,
      requestId: id,
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }),
    })
  }

  const failed = (error: unknown, id: string): Error => {
    if (error instanceof HttpsError) return error
    onError(error, id)
    const { code, headers } = failure(error).problem
    const unavailable = problems[code].status === 503
    const shown = unavailable ? code : 'internal'
    return new HttpsError(unavailable ? 'unavailable' : 'internal', problems[shown].title, {
      type: problemType(shown),
      requestId: id,
      ...(unavailable ? { retryAfterSeconds: Number(headers?.['retry-after'] ?? 1) } : {}),
    })
  }

  /** What `work` comes to in time. What it throws later was told where it was thrown. */
  const inTime = async <T>(id: string, work: (deadline: Deadline) => Promise<T>): Promise<T> => {
    const deadline: { missed: Error | null } = { missed: null }
    const done = work(deadline)
    if (deadlineMs === null) return done
    const late = (): (() => never) => {
      const missed = failed(missedDeadline(deadlineMs), id)
      deadline.missed = missed
      return () => {
        throw missed
      }
    }
    const outcome = await within<() => T>(
      deadlineMs,
      done.then((result) => () => result),
      late,
      () => undefined,
    )
    return outcome()
  }

  return (rule, guarded) => async (request, response) => {
    const headers = requestHeaders(request.rawRequest, null)
    const id = requestId(headers, newRequestId)
    return inTime(id, async (deadline) => {
      const decided = guard({ method: 'POST', headers: withCredential(headers, credentialHeader), requestId: id }, rule)
      const decision = decided instanceof Promise ? await decided : decided
      if (deadline.missed !== null) throw deadline.missed
      if (!decision.allowed) throw refused(decision, id)
      try {
        return await guarded(request, decision.principal, response)
      } catch (error) {
        throw failed(error, id)
      }
    })
  }
}

interface Deadline {
  /** What was answered when it was missed. */
  readonly missed: Error | null
}

/** Both headers are one list of credentials, so that two are too many. */
function withCredential(headers: HttpHeaders, name: string | null): HttpHeaders {
  const own = name === null ? undefined : headers[name]
  if (own === undefined) return headers
  const all = [headers['authorization'] ?? [], own].flat()
  return { ...headers, authorization: all.length === 1 ? all[0] : all }
}
