import type { HttpHandler, HttpHeaders, HttpResponse } from './http-message.ts'
import { MAX_BODY_BYTES } from './http-message.ts'

export interface FetchHandlerOptions {
  /** The client's address by what stands in front of this server; `null` when unknown. */
  readonly address: (request: Request) => string | null
  /** Names the request in logs and problem documents; a random UUID when left out. */
  readonly requestId?: (request: Request) => string
}

/**
 * The application for runtimes that speak `Request` and `Response`. Kept apart from everything else: whoever does not call it never loads those classes, which
 * double the start of a cold function.
 */
export function fetchHandler(handle: HttpHandler, options: FetchHandlerOptions): (request: Request) => Promise<Response> {
  const { address, requestId = () => crypto.randomUUID() } = options
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const response = await handle({
      method: request.method,
      path: pathname,
      query: search.slice(1),
      headers: fetchHeaders(request.headers),
      body: await boundedBody(request.body),
      address: address(request),
      requestId: requestId(request),
    })
    return fetchResponse(response)
  }
}

/** With a null prototype, so that no name means anything by itself. */
export function fetchHeaders(headers: Headers): HttpHeaders {
  const plain = Object.create(null) as { [name: string]: string }
  for (const [name, value] of headers) plain[name] = value
  return plain
}

/** Stops reading at the limit instead of keeping what nobody will look at. */
async function boundedBody(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array | null | 'too-large'> {
  if (stream === null) return null
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > MAX_BODY_BYTES) return 'too-large'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Every cookie a line of its own. */
export function fetchResponse({ status, headers, cookies, body }: HttpResponse): Response {
  const all = new Headers(headers)
  for (const cookie of cookies) all.append('set-cookie', cookie)
  return new Response(body === '' ? null : body, { status, headers: all })
}

/** The answer of somebody else with these headers too. What it says itself stands; `vary` is said by both. A copy, because the headers of some answers cannot be changed. */
export function withHeaders(answer: Response, added: { readonly [name: string]: string }): Response {
  // An upgrade (101) and `Response.error()` (0) cannot be made again, and no page reads them.
  if (answer.status < 200) return answer
  const response = new Response(answer.body, answer)
  for (const [name, value] of Object.entries(added)) if (name === 'vary' || !response.headers.has(name)) response.headers.append(name, value)
  return response
}
