import { describeStores } from '@sallyport/conformance'
import { clusterHarness, singleHarness, withRedis } from '../testing/harness.ts'

withRedis('the conformance kit on Redis', () => {
  describeStores('redis', singleHarness())
  describeStores('redis cluster', clusterHarness())
})
