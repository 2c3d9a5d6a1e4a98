/** Names in lower case. A header that came several times is a list where the platform tells them apart. */
export interface HttpHeaders {
  readonly [name: string]: string | readonly string[] | undefined
}

/** A request as every platform can give it, without `Request`: on a cold function that class alone doubles the start. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** As it came, without query, still percent-encoded. */
  readonly path: string
  /** What stood behind the `?`, still encoded; empty when there was none. */
  readonly query: string
  readonly headers: HttpHeaders
  /** `null` when there is none; `too-large` when the platform stopped reading at {@link MAX_BODY_BYTES}. */
  readonly body: Uint8Array | null | 'too-large'
  /** The client's address by the platform's trusted hop; `null` when unknown. */
  readonly address: string | null
  readonly requestId: string
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case; no `set-cookie` among them. */
  readonly headers: { readonly [name: string]: string }
  /** One `Set-Cookie` line each, never joined. */
  readonly cookies: readonly string[]
  /** Empty where the status has none. */
  readonly body: string
}

/** Never throws and never rejects. A value and not a promise where nothing had to be waited for. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>

export const MAX_BODY_BYTES: number = 64 * 1024
