import type { HttpResponse } from '@sallyport/http'
import type { LambdaEvent } from './event-shape.ts'
import type { LambdaResult } from './lambda-event.ts'

/** The answer in the form in which the front that has sent the event reads it, with the name of the request. Lines of `Set-Cookie` are never joined: no browser would read them. */
export function lambdaResponse(lambdaEvent: LambdaEvent, { status, headers, cookies, body }: HttpResponse, requestId: string): LambdaResult {
  const answer = { statusCode: status, body, isBase64Encoded: false } as const
  const named = { 'x-request-id': requestId, ...headers }
  switch (lambdaEvent.shape) {
    case 'http-api':
      return { ...answer, headers: named, ...(cookies.length === 0 ? {} : { cookies }) }
    case 'rest':
      // The gateway merges both; a member that it does not know makes the whole answer a 502.
      return { ...answer, headers: named, ...(cookies.length === 0 ? {} : { multiValueHeaders: { 'set-cookie': cookies } }) }
    case 'alb': {
      const statusDescription = `${status} ${REASONS[status] ?? 'Other'}`
      if (!lambdaEvent.multiValue) return { ...answer, statusDescription, headers: { ...named, ...inSpellings(cookies) } }
      const lists = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, [value]]))
      return { ...answer, statusDescription, multiValueHeaders: cookies.length === 0 ? lists : { ...lists, 'set-cookie': cookies } }
    }
  }
}

/**
 * Each line under a spelling of its own, because this mode has one value for each name, and names that differ by case are different ones to ALB and the same to browsers.
 * There are 512 of them.
 */
function inSpellings(cookies: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(cookies.map((line, index) => [spelling(index), line]))
}

function spelling(index: number): string {
  let bits = index
  return 'set-cookie'.replaceAll(/[a-z]/g, (letter) => {
    const capital = (bits & 1) === 1
    bits >>= 1
    return capital ? letter.toUpperCase() : letter
  })
}

/** ALB puts its own status line together from this text. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
