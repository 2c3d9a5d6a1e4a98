import type { HttpHeaders } from '@sallyport/http'

/** The trace of `X-Cloud-Trace-Context: <trace>/<span>;o=<options>`, by which Cloud Logging groups what belongs to one request. */
const TRACE = /^([0-9a-f]{32})(?:\/[0-9]{1,20}(?:;o=[0-9]{1,4})?)?$/

/** What a caller may choose; anything else is replaced, so that a log line cannot be forged or filled. */
const ID = /^[A-Za-z0-9_-]{8,64}$/

/** Names the request in logs and problem documents: by Google's trace, by the platform's execution id, or by chance. */
export function requestId(headers: HttpHeaders, newRequestId: () => string): string {
  const { 'x-cloud-trace-context': trace, 'function-execution-id': execution } = headers
  const [, traceId] = typeof trace === 'string' ? (TRACE.exec(trace) ?? []) : []
  if (traceId !== undefined) return traceId
  return typeof execution === 'string' && ID.test(execution) ? execution : newRequestId()
}
