import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'
import type { CheckerBeside } from '../src/guard/hosted-issuer.ts'

/** Our own tokens and those of the kit's hosted issuer, checked as in production. Only tests import this file. */
export const hostedBeside: CheckerBeside = ({ own, ownIssuer, clock, issuer, audience, jwksUri, fetchKeySet }) => {
  const known = oidc({ issuer, audience, jwksUri, algorithms: ['ES256'], type: 'JWT', roles: 'roles' })
  return ownAndHosted({ own, issuer: ownIssuer, hosted: hostedIssuers({ issuers: [known], clock, fetchKeySet }) })
}
