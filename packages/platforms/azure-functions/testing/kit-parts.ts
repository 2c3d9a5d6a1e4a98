import { domainOver, type DomainHarness } from '@sallyport/conformance'
import { memoryStores } from '@sallyport/store-memory'

export const memoryDomain: DomainHarness = domainOver(memoryStores)
