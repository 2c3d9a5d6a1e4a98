import { systemRandom } from '@sallyport/core'
import { memoryStores } from '@sallyport/store-memory'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import type { DomainHarness } from '../src/domain/domain-trial.ts'

/** The domain over memory: what the kit's own tests run on. Only tests import this file. */
export const memoryDomain: DomainHarness = {
  stores: {
    open: async ({ clock }) => {
      const stores = memoryStores({ clock })
      return { stores, close: () => stores.close() }
    },
  },
  tokens: {
    signer: tokenSigner(),
    wrapper: aesKeyWrapper({ secret: 'the key encryption secret of the conformance kit', random: systemRandom }),
    verifier: (options) => tokenVerifier({ ...options, cache: { maxEntries: 100, maxAgeSeconds: 300 } }),
  },
}
