import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * The first argument of an HTTP function: Node's own message, which the framework has read the body of and may have decorated in a dozen ways. Nothing else of it is used,
 * because `req.ip`, `req.path`, `req.query` and `req.body` are readings of the request that differ from others'.
 */
export interface GoogleRequest extends IncomingMessage {
  /** The body as it came, decompressed by the framework; absent when there was none, or when nobody has read it. */
  readonly rawBody?: Uint8Array | undefined
}

export type GoogleResponse = ServerResponse

/** What functions-framework and Firebase's `onRequest` call. Resolves when the answer was handed over; never rejects. */
export type GoogleFunction<Request extends GoogleRequest = GoogleRequest, Response extends GoogleResponse = GoogleResponse> = (
  request: Request,
  response: Response,
) => Promise<void>
