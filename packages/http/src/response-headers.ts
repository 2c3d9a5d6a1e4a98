import type { HttpHeaders } from './http-message.ts'
import type { HttpSettings } from './settings.ts'

type Headers = { readonly [name: string]: string }

/** Made once: no response copies them unless it has a header of its own. */
export interface HeaderSets {
  readonly json: Headers
  /** May be kept by caches: the key set and the documents. */
  readonly publicJson: Headers
  readonly problem: Headers
  readonly empty: Headers
}

const PUBLIC_SECONDS = 300

export interface ResponseHeaders {
  /** What lets a page of an allowed origin read an answer that is somebody else's, and nothing more; `null` where no origin is allowed. */
  cors(headers: HttpHeaders): Headers | null
  /** Those of a response to a request with these headers; they differ by `Origin`. */
  for(headers: HttpHeaders): HeaderSets
  /** Of the answer to a preflight; without CORS headers for an origin that is not allowed, and then the browser refuses. */
  preflight(headers: HttpHeaders, methods: string): Headers
}

export function responseHeaders({
  publicUrl,
  allowedOrigins,
  transports,
}: Pick<HttpSettings, 'publicUrl' | 'allowedOrigins' | 'transports'>): ResponseHeaders {
  const security: Headers = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
    ...(allowedOrigins.length === 0 ? {} : { vary: 'origin' }),
  }
  const noStore: Headers = { ...security, 'cache-control': 'no-store' }

  const setsWith = (cors: Headers): HeaderSets => ({
    json: { 'content-type': 'application/json; charset=utf-8', ...noStore, ...cors },
    publicJson: { 'content-type': 'application/json; charset=utf-8', ...security, 'cache-control': `public, max-age=${PUBLIC_SECONDS}`, ...cors },
    problem: { 'content-type': 'application/problem+json; charset=utf-8', ...noStore, ...cors },
    empty: { ...noStore, ...cors },
  })

  const corsOf = (origin: string): Headers => ({
    'access-control-allow-origin': origin,
    ...(transports.includes('cookie') ? { 'access-control-allow-credentials': 'true' } : {}),
  })
  const exposed: Headers = { 'access-control-expose-headers': 'ratelimit, ratelimit-policy, retry-after, www-authenticate' }

  const plain = setsWith({})
  const byOrigin = new Map(allowedOrigins.map((origin) => [origin, setsWith({ ...corsOf(origin), ...exposed })]))

  return {
    for: ({ origin }) => (typeof origin === 'string' ? (byOrigin.get(origin) ?? plain) : plain),
    cors: ({ origin }) => {
      if (allowedOrigins.length === 0) return null
      const allowed = typeof origin === 'string' && byOrigin.has(origin)
      return { vary: 'origin', ...(allowed ? { ...corsOf(origin), ...exposed } : {}) }
    },
    preflight: ({ origin }, methods) => {
      const allowed = typeof origin === 'string' && byOrigin.has(origin) ? corsOf(origin) : {}
      const granted: Headers = {
        'access-control-allow-methods': methods,
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '600',
      }
      const vary = 'origin, access-control-request-method, access-control-request-headers'
      return { ...noStore, allow: methods, vary, ...allowed, ...('access-control-allow-origin' in allowed ? granted : {}) }
    },
  }
}
