import { describeDomain, describeHttp, inProcess } from '@sallyport/conformance'
import { onDynamodbLocal } from '../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { dynamodbHarness } from '../../packages/stores/dynamodb/testing/harness.ts'
import { singleHarness, withRedis } from '../../packages/stores/redis/testing/harness.ts'
import { domainOver, mixedStores } from './mixed-stores.ts'

await onDynamodbLocal((local) => {
  withRedis('users in DynamoDB, sessions and counters in Redis', () => {
    const domain = domainOver(mixedStores(dynamodbHarness(local, 'lean'), singleHarness(), ['sessions', 'counters']))
    describeDomain('users in DynamoDB, sessions and counters in Redis', domain)
    describeHttp('users in DynamoDB, sessions and counters in Redis', {
      domain,
      mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }),
    })
  })
})
