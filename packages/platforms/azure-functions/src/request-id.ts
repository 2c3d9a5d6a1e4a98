import type { AzureContext, AzureRequest } from './azure-message.ts'

/** What a caller may choose; anything else is replaced, so that a log line cannot be forged or filled. */
const ID = /^[A-Za-z0-9_-]{8,64}$/

/** Names the request in logs and problem documents: by the caller's `x-request-id`, or by the invocation, under which Application Insights has everything of it. */
export function requestId({ headers }: AzureRequest, { invocationId }: AzureContext): string {
  const given = headers.get('x-request-id')
  return given !== null && ID.test(given) ? given : invocationId
}
