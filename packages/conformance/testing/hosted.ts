import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'
import { hostedBeside } from '../src/guard/hosted-beside.ts'
import type { CheckerBeside } from '../src/guard/hosted-issuer.ts'

/** With the tools of production. Only tests import this file. */
export const hosted: CheckerBeside = hostedBeside({ oidc, hostedIssuers, ownAndHosted })
