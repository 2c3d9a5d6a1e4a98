import { domainOver, hostedBeside, type CheckerBeside, type DomainHarness } from '@sallyport/conformance'
import { memoryStores } from '@sallyport/store-memory'
import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'

export const memoryDomain: DomainHarness = domainOver(memoryStores)
export const hosted: CheckerBeside = hostedBeside({ oidc, hostedIssuers, ownAndHosted })
