import type { IncomingMessage, ServerResponse } from 'node:http'

/** The parts of a request that the host sends to the worker, read as Kestrel reads them. */
export interface HostRequest {
  readonly method: string
  /** Of the whole URL: scheme, host, path and query. */
  readonly url: string
  readonly path: string
  readonly query: string
  /** Lower case; lines of one name joined by a comma. */
  readonly headers: { readonly [name: string]: string }
}

type Nullable = { [name: string]: { readonly value: string } }

/** The data of an HTTP trigger in RPC mode. `body` is what came with a `Content-Length` above 0: the host passes on no other. */
export function rpcRequest({ method, url, query, headers }: HostRequest, params: { readonly [name: string]: string }, body: Buffer): object {
  const together = Map.groupBy(new URLSearchParams(query), ([name]) => name)
  return {
    http: {
      method,
      url,
      nullableQuery: nullable([...together].map(([name, pairs]) => [name, pairs.map(([, value]) => value).join(',')])),
      nullableHeaders: nullable(Object.entries(headers)),
      nullableParams: nullable(Object.entries(params)),
      ...(body.length === 0 ? {} : { body: { bytes: body } }),
    },
  }
}

function nullable(entries: readonly (readonly [string, string])[]): Nullable {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]))
}

interface RpcCookie {
  readonly name: string
  readonly value: string
  readonly sameSite: 'none' | 'lax' | 'strict' | 'explicitNone'
  readonly domain?: { readonly value: string }
  readonly path?: { readonly value: string }
  readonly expires?: { readonly value: { readonly seconds: number } }
  readonly secure?: { readonly value: boolean }
  readonly httpOnly?: { readonly value: boolean }
  readonly maxAge?: { readonly value: number }
}

interface RpcResponse {
  readonly http: {
    readonly statusCode: string
    readonly headers: { readonly [name: string]: string }
    readonly cookies: readonly RpcCookie[]
    readonly body?: { readonly bytes?: Uint8Array } | null
  }
}

/** Writes what the worker answered in RPC mode. */
export function writeRpcResponse(response: ServerResponse, returned: unknown, message: IncomingMessage): void {
  const { statusCode, headers, cookies, body } = (returned as RpcResponse).http
  const lines = Object.entries(headers).flatMap(([name, value]) => [name, value])
  for (const cookie of cookies) lines.push('set-cookie', cookieLine(cookie))
  response.writeHead(Number(statusCode), lines)
  response.end(message.method === 'HEAD' ? undefined : (body?.bytes ?? undefined))
}

/** As ASP.NET Core writes a cookie: name and value escaped, attributes in this order and in lower case. */
function cookieLine({ name, value, domain, path, expires, secure, httpOnly, sameSite, maxAge }: RpcCookie): string {
  const attributes = [
    expires === undefined ? null : `expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    maxAge === undefined ? null : `max-age=${maxAge.value}`,
    domain === undefined ? null : `domain=${domain.value}`,
    path === undefined ? null : `path=${path.value}`,
    secure?.value === true ? 'secure' : null,
    sameSite === 'none' ? null : `samesite=${sameSite === 'explicitNone' ? 'none' : sameSite}`,
    httpOnly?.value === true ? 'httponly' : null,
  ]
  return [`${escaped(name)}=${escaped(value)}`, ...attributes.filter((each) => each !== null)].join('; ')
}

/** `Uri.EscapeDataString`: everything but the unreserved characters of RFC 3986. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
