import { InvariantError, SallyportError, StoreUnavailableError } from '@sallyport/core'

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const STATUS: ReadonlyMap<number, string> = new Map([
  [1, 'CANCELLED'],
  [2, 'UNKNOWN'],
  [3, 'INVALID_ARGUMENT'],
  [4, 'DEADLINE_EXCEEDED'],
  [5, 'NOT_FOUND'],
  [6, 'ALREADY_EXISTS'],
  [7, 'PERMISSION_DENIED'],
  [8, 'RESOURCE_EXHAUSTED'],
  [9, 'FAILED_PRECONDITION'],
  [10, 'ABORTED'],
  [11, 'OUT_OF_RANGE'],
  [12, 'UNIMPLEMENTED'],
  [13, 'INTERNAL'],
  [14, 'UNAVAILABLE'],
  [15, 'DATA_LOSS'],
  [16, 'UNAUTHENTICATED'],
])

/** A commit that failed so wrote nothing: an entity was there, was gone, had changed, or was being changed. Whoever reads again may decide otherwise. */
const CONFLICT: ReadonlySet<number> = new Set([5, 6, 9, 10])
/** Whether a commit that failed so was applied is unknown. */
const AMBIGUOUS: ReadonlySet<number> = new Set([1, 2, 4, 13, 14])
const ABORTED = 10
const DEADLINE_EXCEEDED = 4
const RESOURCE_EXHAUSTED = 8
/** What this package did wrong, not the database. */
const OURS: ReadonlySet<number> = new Set([3, 11, 12])

/**
 * - `conflict`: nothing was written, and a fresh look may decide otherwise.
 * - `unknown`: the call may have had its effect.
 * - `throttled`: nothing was written, and there is too much work.
 * - `final`: trying again does not help.
 */
export type Failure = 'conflict' | 'unknown' | 'throttled' | 'final'

export function failureOf(error: unknown, call: 'read' | 'commit'): Failure {
  const code = codeOf(error)
  if (code === null) return 'final'
  if (AMBIGUOUS.has(code)) return 'unknown'
  if (code === RESOURCE_EXHAUSTED) return 'throttled'
  // A read that finds nothing says so in its answer: as an error, NOT_FOUND is the missing database, FAILED_PRECONDITION one of another kind.
  return code === ABORTED || (call === 'commit' && CONFLICT.has(code)) ? 'conflict' : 'final'
}

/** The one place where Datastore's errors become the core's; ours pass unchanged. Key names in the database's messages are hashes, so `cause` names nobody. */
export function storeError(error: unknown): Error {
  if (SallyportError.is(error)) return error
  const code = codeOf(error)
  if (code === null) return new StoreUnavailableError('Datastore could not be asked.', { cause: error })
  if (OURS.has(code)) return new InvariantError(`Datastore does not take a request (${nameOf(code)}).`, { cause: error })
  return new StoreUnavailableError(`Datastore failed (${nameOf(code)}).`, { cause: error })
}

/** A call that got no answer in time, as the client itself would tell it. */
export function noAnswer(milliseconds: number): Error {
  return Object.assign(new Error(`no answer within ${milliseconds} ms`), { code: DEADLINE_EXCEEDED })
}

/** An entity that is not what this package wrote. */
export function corruptEntity(kind: string): StoreUnavailableError {
  return new StoreUnavailableError(`An entity of kind ${kind} cannot be read: it was changed from outside or is damaged.`)
}

function codeOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && STATUS.has(error.code) ? error.code : null
}

function nameOf(code: number): string {
  return STATUS.get(code) ?? String(code)
}
