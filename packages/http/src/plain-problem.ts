import type { HttpResponse } from './http-message.ts'
import { problems, problemType, type ProblemCode } from './problems.ts'

/** The answer where no application could give one: a problem document (RFC 9457) that says which, and nothing more. */
export function plainProblem(code: ProblemCode, requestId: string, headers: { readonly [name: string]: string } = {}): HttpResponse {
  const { status, title } = problems[code]
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    cookies: [],
    body: JSON.stringify({ type: problemType(code), title, status, requestId }),
  }
}
