import { ConfigurationError } from '@sallyport/core'
import type { RouteLimits } from './rate-limits.ts'

/** How credentials travel: in the JSON body and the `Authorization` header, or in cookies. */
export type Transport = 'bearer' | 'cookie'

export interface HttpSettings {
  /** In front of every route but those under `/.well-known`, `/healthz` and `/openapi.json`; such as `/auth`, or empty. */
  readonly prefix: string
  /** The issuer, and the origin browsers see. Never derived from a request's headers. */
  readonly publicUrl: string
  /** Further origins whose pages may call, compared exactly (OWASP ASVS 3.4.2). */
  readonly allowedOrigins: readonly string[]
  readonly transports: readonly Transport[]
  /** Of a sign-in that asks for none. */
  readonly defaultTransport: Transport
  readonly limits: RouteLimits | 'off'
  /** For the discovery document. */
  readonly signingAlgorithms: readonly string[]
  /** Of the application, for the OpenAPI document. */
  readonly version: string
}

/** The origin of `publicUrl`. Throws `ConfigurationError` (`configuration`) when the settings contradict themselves or name something that can never match. */
export function checkSettings(settings: HttpSettings): { readonly ownOrigin: string } {
  const { prefix, publicUrl, allowedOrigins, transports, defaultTransport } = settings
  if (!/^(?:\/[A-Za-z0-9._~-]*[A-Za-z0-9_~-])*$/.test(prefix))
    throw new ConfigurationError('The prefix is empty or looks like /auth: it begins with a slash and does not end with one.')
  const url = URL.parse(publicUrl)
  const web = url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
  if (!web || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new ConfigurationError('The public URL is an http or https URL without query, fragment and user.')
  for (const origin of allowedOrigins) {
    if (URL.parse(origin)?.origin !== origin || origin === 'null')
      throw new ConfigurationError('An allowed origin is exactly scheme://host[:port], as a browser sends it.')
  }
  if (!transports.includes(defaultTransport)) throw new ConfigurationError('The default transport is one of the allowed transports.')
  return { ownOrigin: url.origin }
}
