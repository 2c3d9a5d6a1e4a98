import { randomUUID } from 'node:crypto'
import type { KitRequest, KitResponse } from '@sallyport/conformance'
import type { AzureContext, AzureCookie, AzureRequest, AzureResponse } from '../src/index.ts'

/** A request as `@azure/functions` gives it: an undici `Request` in all but its name, header lines that came several times joined by the host. */
export function azureRequest({ method, target, headers, body }: Partial<KitRequest>): AzureRequest {
  const joined = Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : value.join(',')])
  const sent = body === null || body === undefined ? {} : { body: typeof body === 'string' ? body : Uint8Array.from(body) }
  return new Request(`https://auth.example.test${target ?? '/'}`, { method: method ?? 'GET', headers: joined, ...sent })
}

export function invocation(): AzureContext {
  return { invocationId: randomUUID() }
}

/** The answer as the host writes it. */
export function written({ status, headers, cookies, body }: AzureResponse): KitResponse {
  return { status, headers, cookies: cookies.map(lineOf), body: body ?? '' }
}

/** As ASP.NET Core writes a cookie, which is what the host does with these objects. */
function lineOf({ name, value, domain, path, expires, secure, httpOnly, sameSite, maxAge }: AzureCookie): string {
  const attributes = [
    expires === undefined ? null : `expires=${expires.toUTCString()}`,
    maxAge === undefined ? null : `max-age=${maxAge}`,
    domain === undefined ? null : `domain=${domain}`,
    path === undefined ? null : `path=${path}`,
    secure === true ? 'secure' : null,
    sameSite === undefined ? null : `samesite=${sameSite.toLowerCase()}`,
    httpOnly === true ? 'httponly' : null,
  ]
  return [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`, ...attributes.filter((each) => each !== null)].join('; ')
}
