import { ConfigurationError } from '@sallyport/core'
import { claimOf, claimsDemanded, hasAudience } from './claim-readers.ts'
import type { HostedClaims, HostedIssuer } from './hosted-issuer.ts'
import { oidc, type PresetOptions } from './oidc.ts'
import { requiredForm, requiredText, requiredTexts, type OneOrMore } from './required.ts'

/** `roles`: for example `cognito:groups`; `custom:` attributes can be written by users and are refused here. */
export interface CognitoOptions extends PresetOptions {
  readonly region: string
  /** `eu-west-1_AbCdEfGhI`; of this region. */
  readonly userPoolId: string
  /** The app clients whose tokens are accepted. */
  readonly clientId: OneOrMore
  /** One kind per pool: what an API takes is `access`. */
  readonly tokenUse: 'access' | 'id'
  /** The resource server an access token is bound to. Without it an access token that names one is refused; with it, one that does not. */
  readonly audience?: string
  /**
   * The pool's own `IssuerConfiguration.Type`, `original` by default. A pool that is replicated to several regions needs `updated`: with `original` each region has an issuer of
   * its own, and everybody an id per region.
   */
  readonly issuerType?: 'original' | 'updated'
}

/** None of China or the European Sovereign Cloud, where addresses end otherwise: `oidc` takes those as they are. */
const REGION = /^(?!cn-)[a-z]{2}(?:-[a-z]+)+-\d$/
const POOL = /^[a-z0-9-]+_[A-Za-z0-9]+$/

/**
 * Tokens of one user pool. Access tokens name their client in `client_id` and have no `aud` unless they are bound to a resource; ID tokens name it in `aud`.
 *
 * @throws ConfigurationError for a missing or impossible argument.
 */
export function cognito({ region, userPoolId, clientId, tokenUse, audience, issuerType = 'original', ...options }: CognitoOptions): HostedIssuer {
  requiredForm(region, REGION, 'region')
  if (!requiredForm(userPoolId, POOL, 'userPoolId').startsWith(`${region}_`))
    throw new ConfigurationError('A Cognito user pool is of another region.')
  const clients = requiredTexts(clientId, 'clientId')
  if (tokenUse !== 'access' && tokenUse !== 'id') throw new ConfigurationError('Tokens of Cognito have the use "access" or "id".')
  if (issuerType !== 'original' && issuerType !== 'updated')
    throw new ConfigurationError('A Cognito user pool has the issuer type "original" or "updated".')
  const resource = audience === undefined ? null : [requiredText(audience, 'audience')]
  const issuer = `https://${issuerType === 'updated' ? 'issuer-' : ''}cognito-idp.${region}.amazonaws.com/${userPoolId}`
  const hasClaims = claimsDemanded({
    ...options.requiredClaims,
    token_use: tokenUse,
    ...(tokenUse === 'access' ? { client_id: clients } : {}),
  })
  const hasAudiences = (claims: HostedClaims): boolean => {
    if (tokenUse === 'id') return hasAudience(claims, clients)
    return resource === null ? claimOf(claims, 'aud') === undefined : hasAudience(claims, resource)
  }
  const base = oidc({
    issuer,
    audience: clients,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    algorithms: ['RS256'],
    type: [null, 'JWT'],
    ...options,
  })
  return {
    ...base,
    accepts: (claims) => hasClaims(claims) && hasAudiences(claims),
  }
}
