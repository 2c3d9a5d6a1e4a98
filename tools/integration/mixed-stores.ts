import type { DomainHarness, OpenStores, StoreHarness, StorePort } from '@sallyport/conformance'
import { systemRandom } from '@sallyport/core'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'

/** Two stores as one: the named ports from `other`, the rest from `first`. Both instances of a clause get a connection of their own to each. */
export function mixedStores(first: StoreHarness, other: StoreHarness, ports: readonly StorePort[]): StoreHarness {
  const mix = (one: OpenStores['stores'], two: OpenStores['stores']): OpenStores['stores'] => ({
    ...one,
    ...Object.fromEntries(ports.map((port) => [port, two[port]])),
  })
  return {
    deadlineMs: 20_000,
    async open(options) {
      const [one, two] = [await first.open(options), await other.open(options)]
      return {
        stores: mix(one.stores, two.stores),
        second: async () => mix((await one.second?.()) ?? one.stores, (await two.second?.()) ?? two.stores),
        close: async () => {
          await Promise.all([one.close(), two.close()])
        },
      }
    },
  }
}

/** The domain over them, with the token parts that applications use. */
export function domainOver(stores: StoreHarness): DomainHarness {
  return {
    stores,
    tokens: {
      signer: tokenSigner(),
      wrapper: aesKeyWrapper({ secret: 'the key encryption secret of the conformance kit', random: systemRandom }),
      verifier: (options) => tokenVerifier({ ...options, cache: { maxEntries: 100, maxAgeSeconds: 300 } }),
    },
  }
}
