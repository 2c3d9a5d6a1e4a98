import { isText } from '../claims.ts'
import { claimOf } from './claim-readers.ts'
import type { HostedIssuer } from './hosted-issuer.ts'
import { oidc, type PresetOptions } from './oidc.ts'
import { requiredForm, type OneOrMore } from './required.ts'

/** `roles`: for example `permissions` (RBAC), or the namespaced claim of an Action. */
export interface Auth0Options extends PresetOptions {
  /** `tenant.eu.auth0.com`, or the custom domain that tokens are asked for at; without `https://` and slashes. */
  readonly domain: string
  /** The identifier of this API, as registered at Auth0; not a client id. */
  readonly audience: OneOrMore
}

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/

/**
 * Access tokens of both profiles of Auth0, signed with RS256. ID tokens name no client of an API (`azp`, `client_id`) and are refused.
 *
 * @throws ConfigurationError for a missing or impossible argument.
 */
export function auth0({ domain, audience, ...rest }: Auth0Options): HostedIssuer {
  const origin = `https://${requiredForm(domain, DOMAIN, 'domain')}/`
  const base = oidc({
    issuer: origin,
    audience,
    jwksUri: `${origin}.well-known/jwks.json`,
    algorithms: ['RS256'],
    type: ['JWT', 'at+jwt'],
    ...rest,
  })
  return { ...base, accepts: (claims) => base.accepts(claims) && (isText(claimOf(claims, 'azp')) || isText(claimOf(claims, 'client_id'))) }
}
