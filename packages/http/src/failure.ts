import { SallyportError } from '@sallyport/core'
import { refuse, type Refused } from './reply.ts'

/** What a thrown error is outward. Everything that nobody expected is `internal`, and its text stays here. */
export function failure(error: unknown): Refused {
  if (!SallyportError.is(error)) return refuse({ code: 'internal' })
  const { code } = error
  switch (code) {
    case 'store-unavailable':
    case 'overloaded':
      return refuse({ code, headers: { 'retry-after': retryAfter(error) } })
    case 'conflict':
      return refuse({ code })
    case 'configuration':
    case 'invariant':
      return refuse({ code: 'internal' })
    default:
      code satisfies never
      return refuse({ code: 'internal' })
  }
}

/** Whole seconds, one at least. */
function retryAfter(error: object): string {
  const seconds = 'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number' ? error.retryAfterSeconds : 1
  return String(Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 1)
}
