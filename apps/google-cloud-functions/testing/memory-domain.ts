import { plainTokens, type DomainHarness } from '@sallyport/conformance'
import { memoryStores } from '@sallyport/store-memory'

/** The domain over memory, for the kits' way through this platform. */
export const memoryDomain: DomainHarness = {
  stores: {
    open: async ({ clock }) => {
      const stores = memoryStores({ clock })
      return { stores, close: () => stores.close() }
    },
  },
  tokens: plainTokens,
}
