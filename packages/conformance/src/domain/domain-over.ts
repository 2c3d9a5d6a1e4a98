import type { Clock, Stores } from '@sallyport/core'
import type { DomainHarness } from './domain-trial.ts'
import { plainTokens } from './plain-tokens.ts'

/** The domain over stores that are there at once and that nobody else has, such as those in memory: for kits whose subject is what stands in front of it. */
export function domainOver(storesOf: (options: { readonly clock: Clock }) => Stores): DomainHarness {
  return {
    stores: {
      open: async ({ clock }) => {
        const stores = storesOf({ clock })
        return { stores, close: () => stores.close() }
      },
    },
    tokens: plainTokens,
  }
}
