import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { sdkClientOptions, sdkTransport, type DynamoTransport } from '@sallyport/store-dynamodb'
import type { Place, Surroundings } from './config.ts'

/** Over the AWS SDK, with whatever credentials it finds. */
export function dynamodbSdk({ region, endpoint }: Place & Surroundings): DynamoTransport {
  return sdkTransport(new DynamoDBClient({ ...sdkClientOptions(), region, ...(endpoint === null ? {} : { endpoint }) }))
}
