import type { ProblemCode } from './problems.ts'

/** What a handler answers: plain data, no headers but those of a problem. */
export type Reply<Output> = Answer<Output> | Refused

export interface Answer<Output> {
  readonly ok: true
  readonly body: Output
  /** Whole `Set-Cookie` lines. */
  readonly cookies: readonly string[]
}

export interface Refused {
  readonly ok: false
  readonly problem: Problem
}

export interface Problem {
  readonly code: ProblemCode
  /** A sentence for people, made of nothing that was sent. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  /** One word of a closed list, where the code has several causes. */
  readonly reason?: string
  readonly headers?: { readonly [name: string]: string }
  readonly cookies?: readonly string[]
}

/** Where in the body (RFC 6901, as a URI fragment) or which query parameter; and what is wrong, without the value. */
export type FieldError = ({ readonly pointer: string } | { readonly parameter: string }) & { readonly detail: string }

const NO_COOKIES: readonly string[] = Object.freeze([])

export function answer<Output>(body: Output, cookies: readonly string[] = NO_COOKIES): Answer<Output> {
  return { ok: true, body, cookies }
}

export function refuse(problem: Problem): Refused {
  return { ok: false, problem }
}
