import { describeHttp, inProcess, plainTokens } from '@sallyport/conformance'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbHarness } from '../testing/harness.ts'

await onDynamodbLocal((local) => {
  const domain = { stores: dynamodbHarness(local, 'lean'), tokens: plainTokens }
  describeHttp('dynamodb, lean transport', { domain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
})
