import { describeHttp, inProcess, plainTokens } from '@sallyport/conformance'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbHarness } from '../testing/harness.ts'
import { TRANSPORT_NAMES } from '../testing/transports.ts'

await onDynamodbLocal((local) => {
  for (const name of TRANSPORT_NAMES) {
    const domain = { stores: dynamodbHarness(local, name), tokens: plainTokens }
    describeHttp(`dynamodb, ${name} transport`, { domain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
  }
})
