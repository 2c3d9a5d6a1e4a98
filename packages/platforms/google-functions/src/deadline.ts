import { OverloadedError } from '@sallyport/core'
import type { GoogleResponse } from './google-message.ts'

/** Why a request is answered 503 that was not answered in time. */
export function missedDeadline(milliseconds: number): OverloadedError {
  return new OverloadedError(`There was no answer within ${milliseconds} ms.`, 1)
}

/** Whether a response needs nobody any more: it is whole, or nobody is there to take it. */
export function isOver(response: GoogleResponse): boolean {
  return response.writableEnded || response.destroyed
}

/** Waits until it is over, because a function may answer after it has returned. */
export function untilOver(response: GoogleResponse): Promise<void> {
  if (isOver(response)) return Promise.resolve()
  return new Promise((resolve) => {
    response.once('close', resolve)
  })
}
