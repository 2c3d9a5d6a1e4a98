import { describeStores } from '@sallyport/conformance'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbHarness } from '../testing/harness.ts'
import { TRANSPORT_NAMES } from '../testing/transports.ts'

await onDynamodbLocal((local) => {
  for (const name of TRANSPORT_NAMES) describeStores(`dynamodb, ${name} transport`, dynamodbHarness(local, name))
})
