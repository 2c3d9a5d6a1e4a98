import { plainProblem, within, type HttpResponse, type OnError } from '@sallyport/http'

export interface Deadline {
  /** `null`: never. */
  readonly deadlineMs: number | null
  /** Told a deadline that was missed, and what fails after it. */
  readonly onError: OnError
}

/** What `work` comes to, or when that is not there in time a 503 with `Retry-After`, made by `render`. What was begun goes on and may still have its effect. */
export function inTime<T>(work: Promise<T>, { deadlineMs, onError }: Deadline, requestId: string, render: (problem: HttpResponse) => T): Promise<T> {
  if (deadlineMs === null) return work
  const late = (): T => {
    onError(new Error(`There was no answer within ${deadlineMs} ms.`), requestId)
    return render(plainProblem('overloaded', requestId, { 'retry-after': '1' }))
  }
  return within(deadlineMs, work, late, (error) => onError(error, requestId))
}
