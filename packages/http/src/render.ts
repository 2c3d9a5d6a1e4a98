import type { HttpResponse } from './http-message.ts'
import { problems, problemType } from './problems.ts'
import type { Answer, Problem } from './reply.ts'
import type { HeaderSets } from './response-headers.ts'
import type { Route } from './route.ts'

type Headers = { readonly [name: string]: string }

/** `extra` is `null` for most responses, and then the headers are not copied. */
export function renderAnswer(answer: Answer<unknown>, { output, caching }: Route, sets: HeaderSets, extra: Headers | null): HttpResponse {
  const { body, cookies } = answer
  const headers = output.status === 204 ? sets.empty : caching === 'public' ? sets.publicJson : sets.json
  return {
    status: output.status,
    headers: extra === null ? headers : { ...headers, ...extra },
    cookies,
    body: output.status === 204 ? '' : JSON.stringify(body),
  }
}

/** RFC 9457. */
export function renderProblem(
  { code, detail, errors, reason, headers, cookies }: Problem,
  requestId: string,
  sets: HeaderSets,
  extra: Headers | null,
): HttpResponse {
  const { status, title } = problems[code]
  const body = JSON.stringify({ type: problemType(code), title, status, detail, reason, errors, requestId })
  return { status, headers: { ...sets.problem, ...extra, ...headers }, cookies: cookies ?? [], body }
}
