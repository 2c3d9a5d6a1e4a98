import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { regionEndpoint } from './region-endpoint.ts'

// At least one of each partition that the SDK knows.
it.each([
  'eu-central-1',
  'us-east-1',
  'ap-southeast-7',
  'mx-central-1',
  'il-central-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-east-1',
  'us-isof-south-1',
])('DynamoDB of %s is where the SDK looks for it', (region) => {
  const client = new DynamoDBClient({ region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  expect(new URL(regionEndpoint(region)).href).toBe(client.config.endpointProvider({ Region: region }).url.href)
  client.destroy()
})
