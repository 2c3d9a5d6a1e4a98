import { problems, problemType, type HttpResponse, type ProblemCode } from '@sallyport/http'

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
