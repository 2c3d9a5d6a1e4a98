import type { CheckerBeside } from '@sallyport/conformance'
import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'

/** Our own tokens and those of the kit's hosted issuer, checked as in production. */
export const hostedBeside: CheckerBeside = ({ own, ownIssuer, clock, issuer, audience, jwksUri, fetchKeySet }) => {
  const known = oidc({ issuer, audience, jwksUri, algorithms: ['ES256'], type: 'JWT', roles: 'roles' })
  return ownAndHosted({ own, issuer: ownIssuer, hosted: hostedIssuers({ issuers: [known], clock, fetchKeySet }) })
}
