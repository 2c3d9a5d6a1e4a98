import { InvariantError, SallyportError, StoreUnavailableError } from '@sallyport/core'

/** What Redis answers while it could not do anything yet, and may a moment later: nothing was executed. */
const PASSING: ReadonlySet<string> = new Set(['LOADING', 'TRYAGAIN', 'CLUSTERDOWN', 'MASTERDOWN', 'READONLY', 'BUSY', 'MOVED', 'ASK'])

/** What this package did wrong, not the server. */
const OURS: ReadonlySet<string> = new Set(['ERR', 'CROSSSLOT', 'EXECABORT', 'NOSCRIPT'])

/** The command stayed here, because there is no connection. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
}

/**
 * What may be said of a failed call. `refused`: Redis answered and did nothing, and would do the same again. `passing`: it did nothing, and may soon. `lost`: the connection broke or
 * never came about, so it may have been done.
 */
export type Failure = 'refused' | 'passing' | 'lost'

export function failureOf(error: unknown): Failure {
  const code = replyCode(error)
  if (code === null) return error instanceof NotSent ? 'passing' : 'lost'
  return PASSING.has(code) ? 'passing' : 'refused'
}

export function isNoScript(error: unknown): boolean {
  return replyCode(error) === 'NOSCRIPT'
}

/**
 * The first word of an error that Redis answered, `null` for any other error. Known by the name that ioredis gives it, and where a minifier has renamed the class from which it takes that, by its
 * text: a word in capitals. Errors of sockets, which have a `code`, and those of ioredis itself do not begin so.
 */
export function replyCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (error.name !== 'ReplyError' && ('code' in error || !/^[A-Z]{2,}(?: |$)/.test(error.message))) return null
  // Before version 7 an error inside a script was wrapped into a text of its own.
  if (error.message.includes('OOM command not allowed')) return 'OOM'
  return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR'
}

/** The one place where the client's errors become the core's. Our own pass unchanged. */
export function storeError(error: unknown): Error {
  if (SallyportError.is(error)) return error
  const cause = withoutValues(error)
  const code = replyCode(error)
  if (code === null) return new StoreUnavailableError('Redis cannot be reached.', { cause })
  if (OURS.has(code)) return new InvariantError(`Redis refused a command (${code}).`, { cause })
  return new StoreUnavailableError(`Redis failed (${code}).`, { cause })
}

/** ioredis hangs the command with all its arguments on the error, password hashes and addresses among them; `cause` is there to be logged. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  Reflect.deleteProperty(error, 'command')
  for (const inner of [error.cause, 'lastNodeError' in error ? error.lastNodeError : undefined]) withoutValues(inner)
  return error
}
