import { describeHttp, inProcess, plainTokens, type StoreHarness } from '@sallyport/conformance'
import { clusterHarness, singleHarness, withRedis } from '../testing/harness.ts'

withRedis('the HTTP scenarios over Redis', () => {
  const over = (name: string, stores: StoreHarness): void =>
    describeHttp(name, {
      domain: { stores, tokens: plainTokens },
      mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }),
    })
  over('redis', singleHarness())
  over('redis cluster', clusterHarness())
})
