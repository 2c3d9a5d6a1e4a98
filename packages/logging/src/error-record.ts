import { scrub } from './scrub.ts'

export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorRecord
}

const DEEPEST_CAUSE = 4

/** What is logged of an error: its name, code, message and stack, and its causes'. No other property, because clients hang requests and options on their errors. */
export function errorRecord(error: unknown, secrets: readonly string[], depth = 0): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: `Something of type ${typeof error} was thrown` }
  const { name, message, stack, cause } = error
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? String(error.code) : null
  return {
    name,
    message: scrub(message, secrets),
    ...(code === null ? {} : { code: scrub(code, secrets) }),
    ...(stack === undefined ? {} : { stack: scrub(stack, secrets) }),
    ...(cause === undefined || depth >= DEEPEST_CAUSE ? {} : { cause: errorRecord(cause, secrets, depth + 1) }),
  }
}
