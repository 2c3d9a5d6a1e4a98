/** A request as a client makes it. */
export interface KitRequest {
  readonly method: string
  /** Path and query, as they stand in the request line. */
  readonly target: string
  readonly headers: { readonly [name: string]: string | readonly string[] }
  readonly body: string | Uint8Array | null
}

/** An answer as a client sees it: header names in lower case, `set-cookie` lines apart. */
export interface KitResponse {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly cookies: readonly string[]
  readonly body: string
}

export type SendRequest = (request: KitRequest) => Promise<KitResponse>
