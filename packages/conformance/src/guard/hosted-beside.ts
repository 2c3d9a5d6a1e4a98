import type { Clock, TokenChecker } from '@sallyport/core'
import type { CheckerBeside, HostedParts } from './hosted-issuer.ts'

/** What `@sallyport/tokens` checks tokens of hosted issuers with: handed over, because the kit depends on no adapter. */
export interface HostedTools<Issuer, Hosted> {
  oidc(options: {
    readonly issuer: string
    readonly audience: string
    readonly jwksUri: string
    readonly algorithms: readonly 'ES256'[]
    readonly type: string
    readonly roles: string
  }): Issuer
  hostedIssuers(options: { readonly issuers: readonly Issuer[]; readonly clock: Clock; readonly fetchKeySet: HostedParts['fetchKeySet'] }): Hosted
  ownAndHosted(options: { readonly own: TokenChecker; readonly issuer: string; readonly hosted: Hosted }): TokenChecker
}

/** Our own tokens and those of the kit's hosted issuer, checked as in production. */
export function hostedBeside<Issuer, Hosted>({ oidc, hostedIssuers, ownAndHosted }: HostedTools<Issuer, Hosted>): CheckerBeside {
  return ({ own, ownIssuer, clock, issuer, audience, jwksUri, fetchKeySet }) => {
    const known = oidc({ issuer, audience, jwksUri, algorithms: ['ES256'], type: 'JWT', roles: 'roles' })
    return ownAndHosted({ own, issuer: ownIssuer, hosted: hostedIssuers({ issuers: [known], clock, fetchKeySet }) })
  }
}
