/** Told of an error and the request it belongs to; `null` when that is not known. */
export type OnError = (error: unknown, requestId: string | null) => void

/** The listener, whose own failures change nothing: the answer matters more than its report. */
export function quiet(onError: OnError): OnError {
  return (error, requestId) => {
    try {
      onError(error, requestId)
    } catch {
      // There is nobody left to tell.
    }
  }
}
