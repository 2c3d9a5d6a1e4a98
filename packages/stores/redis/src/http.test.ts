import { describeHttp, inProcess, plainTokens } from '@sallyport/conformance'
import { singleHarness, withRedis } from '../testing/harness.ts'

withRedis('the HTTP scenarios over Redis', () => {
  const domain = { stores: singleHarness(), tokens: plainTokens }
  describeHttp('redis', { domain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
})
