import type { ReadableStream } from 'node:stream/web'

/** What is read of an `HttpRequest` of `@azure/functions` 4, which is not imported for it. */
export interface AzureRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
}

/** What is read of an `InvocationContext`. */
export interface AzureContext {
  readonly invocationId: string
}

/** A cookie of an `HttpResponseInit`: the only way by which several of them reach the client. */
export interface AzureCookie {
  name: string
  value: string
  domain?: string
  path?: string
  expires?: Date
  secure?: boolean
  httpOnly?: boolean
  sameSite?: 'Strict' | 'Lax' | 'None'
  maxAge?: number
}

/** An `HttpResponseInit` without what is not used of it. */
export interface AzureResponse {
  status: number
  headers: Record<string, string>
  cookies: AzureCookie[]
  body?: string
}

/** The `handler` of `app.http`. */
export type AzureFunction = (request: AzureRequest, context: AzureContext) => Promise<AzureResponse>
