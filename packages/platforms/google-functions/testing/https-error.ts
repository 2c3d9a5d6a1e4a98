import type { CallableErrorDetails } from '../src/callable-guard.ts'

/** In the place of Firebase's class of that name, which this package does not depend on; the Firebase app is tested with the real one. */
export class HttpsError extends Error {
  readonly code: string
  readonly details: CallableErrorDetails | undefined

  constructor(code: string, message: string, details?: CallableErrorDetails) {
    super(message)
    this.code = code
    this.details = details
  }
}
