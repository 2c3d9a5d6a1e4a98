import type { IncomingMessage } from 'node:http'

/** Published by Node for every request of every server of the process, before anybody is told of the request. */
const REQUEST_START = 'http.server.request.start'

/**
 * Keeps the parsers of functions-framework and of Firebase away from request bodies, in the whole process: they take a message without `Content-Length` and
 * `Transfer-Encoding` for one without body and leave the stream alone, and `googleHandler` then reads it itself, 64 KiB at most. There is no option for that. Without it:
 *
 * - JSON that does not parse is answered by the framework, with an HTML page that shows a stack trace unless `NODE_ENV` is `production`; no handler hears of it.
 * - A compressed body is inflated up to 1 GiB before anybody can refuse it.
 * - What is parsed at all is parsed twice, by two parsers that can disagree.
 *
 * Functions that rely on `req.body` or `req.rawBody` must not share the process: `onCall` does, so call it only in the process that runs the API
 * (`process.env.FUNCTION_TARGET`). Returns what undoes it. Where a version of Node does not publish this, all is as without it, and the handler uses `rawBody`.
 */
export function keepBodiesRaw(): () => void {
  const { subscribe, unsubscribe } = process.getBuiltinModule('node:diagnostics_channel')
  const hideBody = (message: unknown): void => {
    const { headers } = (message as { readonly request: IncomingMessage }).request
    delete headers['content-length']
    delete headers['transfer-encoding']
  }
  subscribe(REQUEST_START, hideBody)
  return () => void unsubscribe(REQUEST_START, hideBody)
}
