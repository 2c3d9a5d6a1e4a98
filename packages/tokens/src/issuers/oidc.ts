import { ConfigurationError, type SignatureAlgorithm } from '@sallyport/core'
import { claimsDemanded, hasAudience, rolesReader, type RequiredClaims, type RolesFrom } from './claim-readers.ts'
import type { HostedIssuer, JsonWebKeySet } from './hosted-issuer.ts'
import { requiredList, requiredText, requiredTexts, requiredUrl, type OneOrMore } from './required.ts'

/** What every preset takes. */
export interface PresetOptions {
  /** No roles without it. */
  readonly roles?: RolesFrom
  /** Claims that must have exactly this text or one of these, such as `{ org_id: 'org_1' }` at Auth0. */
  readonly requiredClaims?: RequiredClaims
  /** Keys brought along at deploy; then nothing is fetched. */
  readonly jwks?: JsonWebKeySet
}

export interface OidcOptions extends PresetOptions {
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
  /** Where the issuer tells its kinds of tokens apart by a claim, that claim: `{ typ: 'Bearer' }` at Keycloak. */
  readonly requiredClaims?: RequiredClaims
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
  const hasClaims = claimsDemanded(requiredClaims)
  const exact = requiredUrl(issuer, 'issuer')
  const url = requiredUrl(jwksUri, 'jwksUri')
  return {
    issuer: exact,
    keySet: jwks === undefined ? { url } : { jwks },
    algorithms: allowed,
    types: types.map((each) => (each === null ? null : requiredText(each, 'type'))),
    acceptsKey: () => true,
    accepts: (claims) => hasAudience(claims, audiences) && hasClaims(claims),
    identify: ({ sub }) => ({ realm: exact, subject: sub }),
    roles: rolesReader(roles),
  }
}
