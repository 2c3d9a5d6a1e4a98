import { ConfigurationError } from '@sallyport/core'
import type { AzureRequest } from './azure-message.ts'

/**
 * Something in front that says who somebody is, and takes what a client says of itself out. `app-service-authentication`: the built-in authentication of App Service and Functions, without which
 * the platform lets everybody send these headers.
 */
export type TrustedFront = 'app-service-authentication'

export type Environment = { readonly [name: string]: string | undefined }

/** Headers by which some platform in front tells a function who is asking. By their beginnings. */
const IDENTITY = [
  'x-ms-client-principal',
  'x-ms-token-',
  'x-ms-auth-token',
  'x-zumo-auth',
  'x-arr-clientcert',
  'x-forwarded-client-cert',
  'x-forwarded-authorization',
  'x-apigateway-api-userinfo',
  'x-endpoint-api-userinfo',
  'x-amzn-oidc-',
  'x-goog-authenticated-user-',
  'x-goog-iap-jwt-assertion',
]

/** Those among them that a front sets itself, or takes out: the only ones that it makes true. */
const OF_FRONT: { readonly [front in TrustedFront]: readonly string[] } = {
  'app-service-authentication': ['x-ms-client-principal', 'x-ms-token-'],
}

/** Throws `ConfigurationError` (`configuration`) when the front that is named is not switched on here. */
export function checkTrustedFront(front: TrustedFront | null, environment: Environment): void {
  if (front !== null && environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() !== 'true')
    throw new ConfigurationError('App Service authentication is named as a trusted front and is not switched on for this function app.')
}

/** Takes every identity header out of the request that the front does not answer for, so that nothing behind can believe one, `request.user` least of all. */
export function dropIdentityHeaders({ headers }: AzureRequest, front: TrustedFront | null): void {
  const spared = front === null ? [] : OF_FRONT[front]
  const begins = (name: string, beginnings: readonly string[]): boolean => beginnings.some((beginning) => name.startsWith(beginning))
  const found = [...headers.keys()].filter((name) => begins(name, IDENTITY) && !begins(name, spared))
  for (const name of found) headers.delete(name)
}
