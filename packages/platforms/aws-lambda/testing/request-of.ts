import type { HttpHandler, HttpRequest, HttpResponse } from '@sallyport/http'
import { expect } from 'vitest'
import { lambdaHandler, type LambdaHandlerOptions } from '../src/lambda-handler.ts'
import type { Front, FrontOptions } from './fronts.ts'
import { lambdaContext } from './lambda-context.ts'

export const OK: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{}' }

type Sent = Partial<Parameters<Front['event']>[0]>

/** What the handler is given. */
export async function requestOf(
  front: Front,
  sent: Sent,
  options: FrontOptions = {},
  handler: Partial<LambdaHandlerOptions> = {},
): Promise<HttpRequest> {
  const event = front.event({ method: 'GET', target: '/', headers: {}, body: null, ...sent }, options)
  return requestOfEvent(event, handler)
}

export async function requestOfEvent(event: object, handler: Partial<LambdaHandlerOptions> = {}): Promise<HttpRequest> {
  const seen: HttpRequest[] = []
  const handle: HttpHandler = (request) => {
    seen.push(request)
    return OK
  }
  await lambdaHandler({ handle, onError: raise, ...handler })(event, lambdaContext())
  return seen[0] ?? expect.fail('the handler was not called')
}

export function raise(error: unknown): void {
  expect.fail(String(error))
}
