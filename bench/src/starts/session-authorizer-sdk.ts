import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { RestTokenAuthorizer } from '@sallyport/platform-aws-lambda'
import { sdkClientOptions, sdkTransport } from '@sallyport/store-dynamodb'
import { sessionAuthorizer } from './session-authorizer.ts'

export const handler: RestTokenAuthorizer = sessionAuthorizer(sdkTransport(new DynamoDBClient(sdkClientOptions())))
