import { plainProblem, within, type HttpResponse, type OnError } from '@sallyport/http'
import type { AzureRequest } from './azure-message.ts'

export interface Deadline {
  /** `null`: never. */
  readonly deadlineMs: number | null
  /** Told a deadline that was missed, and what fails after it. */
  readonly onError: OnError
}

/** The requests that were answered because their deadline had passed. By the request, which guard, guarded function and the reading of a body have in common. */
const missed = new WeakSet<AzureRequest>()

/** Whether the deadline of a request was missed: its client has the 503 and may come again, so nothing must be begun for it any more. */
export function isOver(request: AzureRequest): boolean {
  return missed.has(request)
}

/**
 * What the work for `request` comes to, or when that is not there in time a 503 with `Retry-After`, made by `render`. What was begun goes on and may still have its effect; before it
 * begins something that has one, the work asks {@link isOver}.
 */
export function inTime<T>(
  request: AzureRequest,
  work: Promise<T>,
  { deadlineMs, onError }: Deadline,
  requestId: string,
  render: (problem: HttpResponse) => T,
): Promise<T> {
  if (deadlineMs === null) return work
  const late = (): T => {
    missed.add(request)
    onError(new Error(`There was no answer within ${deadlineMs} ms.`), requestId)
    return render(overloaded(requestId))
  }
  return within(deadlineMs, work, late, (error) => onError(error, requestId))
}

/** The answer to a request whose deadline was missed. */
export function overloaded(requestId: string): HttpResponse {
  return plainProblem('overloaded', requestId, { 'retry-after': '1' })
}
