import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DomainHarness } from '@sallyport/conformance'
import { systemRandom } from '@sallyport/core'
import { sqliteStores } from '@sallyport/store-sqlite'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'

/** The parts of this app with a file of their own for every clause, and two connections to it. */
export const sqliteDomain: DomainHarness = {
  stores: {
    open: async ({ clock }) => {
      const directory = mkdtempSync(join(tmpdir(), 'sallyport-'))
      const path = join(directory, 'sallyport.db')
      const [stores, second] = [sqliteStores({ path, clock }), sqliteStores({ path, clock })]
      return {
        stores,
        second: async () => second,
        close: async () => {
          await Promise.all([stores.close(), second.close()])
          rmSync(directory, { recursive: true })
        },
      }
    },
  },
  tokens: {
    signer: tokenSigner(),
    wrapper: aesKeyWrapper({ secret: 'the key encryption secret of the conformance kit', random: systemRandom }),
    verifier: (options) => tokenVerifier({ ...options, cache: { maxEntries: 100, maxAgeSeconds: 300 } }),
  },
}
