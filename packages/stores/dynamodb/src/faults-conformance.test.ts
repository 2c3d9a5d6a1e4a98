import { describeStoreFaults } from '@sallyport/conformance'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbFaults } from '../testing/fault-harness.ts'
import { TRANSPORT_NAMES } from '../testing/transports.ts'

await onDynamodbLocal(async (local) => {
  for (const name of TRANSPORT_NAMES) describeStoreFaults(`dynamodb, ${name} transport`, await dynamodbFaults(local, name))
})
