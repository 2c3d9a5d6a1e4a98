import { describeDomain, plainTokens } from '@sallyport/conformance'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbHarness } from '../testing/harness.ts'

await onDynamodbLocal((local) => {
  describeDomain('dynamodb, lean transport', { stores: dynamodbHarness(local, 'lean'), tokens: plainTokens })
})
