import { ConfigurationError, type SignatureAlgorithm } from '@sallyport/core'
import { claimOf, hasAudience, rolesReader, type RolesFrom } from './claim-readers.ts'
import type { HostedIssuer, JsonWebKeySet } from './hosted-issuer.ts'
import { requiredList, requiredText, requiredTexts, requiredUrl, type OneOrMore } from './required.ts'

export interface OidcOptions {
  /** The exact `iss`, slash at the end included if it has one. */
  readonly issuer: string
  /** One of these must be among the token's `aud`: the identifier of this API for access tokens, the client id for ID tokens. */
  readonly audience: OneOrMore
  /** As the issuer's discovery document says. */
  readonly jwksUri: string
  /** Which algorithms its keys may have. */
  readonly algorithms: readonly SignatureAlgorithm[]
  /** The accepted `typ`: `at+jwt` for access tokens of RFC 9068, mostly `JWT` for all others; `null` for none. */
  readonly type: string | null | readonly (string | null)[]
  /** Claims that must have exactly this text, such as `{ typ: 'Bearer' }` at Keycloak: what tells the issuer's kinds of tokens apart. */
  readonly requiredClaims?: Readonly<Record<string, string>>
  /** No roles without it. */
  readonly roles?: RolesFrom
  /** Keys brought along at deploy; then nothing is fetched. */
  readonly jwks?: JsonWebKeySet
}

const ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA']

/**
 * Any issuer of OpenID Connect or OAuth 2.0. Nothing is discovered: what is not written down here is not accepted.
 *
 * @throws ConfigurationError for a missing or impossible argument.
 */
export function oidc({ issuer, audience, jwksUri, algorithms, type, requiredClaims = {}, roles, jwks }: OidcOptions): HostedIssuer {
  const audiences = requiredTexts(audience, 'audience')
  const types = requiredList(type === null || typeof type === 'string' ? [type] : type, 'type')
  const allowed = requiredList(algorithms, 'algorithms')
  if (allowed.some((each) => !ALGORITHMS.includes(each))) throw new ConfigurationError(`A hosted issuer signs with ${ALGORITHMS.join(', ')}.`)
  const demanded = Object.entries(requiredClaims).map(([name, value]) => [requiredText(name, 'claim'), requiredText(value, 'claim')] as const)
  const exact = requiredUrl(issuer, 'issuer')
  const url = requiredUrl(jwksUri, 'jwksUri')
  return {
    issuer: exact,
    keySet: jwks === undefined ? { url } : { jwks },
    algorithms: allowed,
    types: types.map((each) => (each === null ? null : requiredText(each, 'type'))),
    acceptsKey: () => true,
    accepts: (claims) => hasAudience(claims, audiences) && demanded.every(([name, value]) => claimOf(claims, name) === value),
    identify: ({ sub }) => ({ realm: exact, subject: sub }),
    roles: rolesReader(roles),
  }
}
