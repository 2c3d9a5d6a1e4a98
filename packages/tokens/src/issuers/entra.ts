import { ConfigurationError } from '@sallyport/core'
import { isText } from '../claims.ts'
import { claimOf, scopesIn } from './claim-readers.ts'
import type { HostedClaims, HostedIssuer } from './hosted-issuer.ts'
import { oidc, type PresetOptions } from './oidc.ts'
import { requiredForm, requiredTexts, type OneOrMore } from './required.ts'

/** `roles`: for example `roles` (app roles) or `groups`. */
export interface EntraOptions extends PresetOptions {
  /** The ids (GUIDs) of the tenants whose users are accepted. There is no `common`: whoever can make a tenant can be anybody in it. */
  readonly tenants: readonly string[]
  /** The application id (GUID) of this API. */
  readonly audience: OneOrMore
  /** Both kinds have the same issuer, type and, for an app that calls its own API, audience: they are told apart by their other claims. */
  readonly tokenUse: 'access' | 'id'
  /** What identifies a user: `sub` is another for each application, `oid` the same within the tenant. Never an e-mail. `sub` by default. */
  readonly identity?: 'sub' | 'oid'
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HOST = 'https://login.microsoftonline.com'

/**
 * Tokens of version 2.0 of Microsoft Entra ID: one issuer per tenant, each with the keys of that tenant. An access token must name the client that got it (`azp`) and what
 * it may (`scp` or `roles`), which one that any application of the tenant can get for itself does not.
 *
 * @throws ConfigurationError for a missing or impossible argument.
 */
export function entra({ tenants, audience, tokenUse, identity = 'sub', ...options }: EntraOptions): readonly HostedIssuer[] {
  if (tokenUse !== 'access' && tokenUse !== 'id') throw new ConfigurationError('Tokens of Entra ID have the use "access" or "id".')
  if (identity !== 'sub' && identity !== 'oid') throw new ConfigurationError('Users of Entra ID are identified by "sub" or "oid".')
  const hasUse = tokenUse === 'access' ? isAccess : isId
  return requiredTexts(tenants, 'tenants').map((tenant) => {
    const issuer = `${HOST}/${requiredForm(tenant, GUID, 'tenant')}/v2.0`
    const base = oidc({
      issuer,
      audience,
      jwksUri: `${HOST}/${tenant}/discovery/v2.0/keys`,
      algorithms: ['RS256'],
      type: 'JWT',
      ...options,
      requiredClaims: { ...options.requiredClaims, tid: tenant, ver: '2.0' },
    })
    return {
      ...base,
      // The set of a tenant also lists keys that sign for others only; each says for whom (OpenID metadata of Entra ID).
      acceptsKey: ({ issuer: signsFor }) =>
        signsFor === undefined || (typeof signsFor === 'string' && signsFor.replace('{tenantid}', tenant) === issuer),
      accepts: (claims) => base.accepts(claims) && hasUse(claims),
      identify: (claims) => {
        const subject = claimOf(claims, identity)
        return isText(subject) ? { realm: issuer, subject } : null
      },
    }
  })
}

function isAccess(claims: HostedClaims): boolean {
  const roles = claimOf(claims, 'roles')
  return isText(claimOf(claims, 'azp')) && ((scopesIn(claims)?.length ?? 0) > 0 || (Array.isArray(roles) && roles.length > 0))
}

function isId(claims: HostedClaims): boolean {
  return claimOf(claims, 'azp') === undefined && claimOf(claims, 'scp') === undefined
}
