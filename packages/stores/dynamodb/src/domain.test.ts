import { describeDomain, plainTokens } from '@sallyport/conformance'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbHarness } from '../testing/harness.ts'
import { TRANSPORT_NAMES } from '../testing/transports.ts'

await onDynamodbLocal((local) => {
  for (const name of TRANSPORT_NAMES) describeDomain(`dynamodb, ${name} transport`, { stores: dynamodbHarness(local, name), tokens: plainTokens })
})
