import { awsCredentials, leanTransport, type DynamoTransport } from '@sallyport/store-dynamodb'
import type { Place, Surroundings } from './config.ts'

/** Asks nobody. The SDK is loaded only where it was chosen: with it a cold start takes more than twice as long. */
export async function dynamodbTransport(config: Place & Surroundings): Promise<DynamoTransport> {
  if (config.transport === 'sdk') return (await import('./dynamodb-sdk.ts')).dynamodbSdk(config)
  const { region, endpoint, environment } = config
  return leanTransport({ region, credentials: awsCredentials({ environment }), ...(endpoint === null ? {} : { endpoint }) })
}
