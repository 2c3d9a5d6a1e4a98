import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { leanTransport, sdkClientOptions, sdkTransport, type DynamoTransport } from '../src/index.ts'

/** The table that all tests of one file share, each under a key prefix of its own. The emulator is shared by all files. */
export const TABLE_NAME: string = `sallyport-test-${randomUUID()}`

export type TransportName = 'SDK' | 'lean'

/** The emulator and the proxies of these tests take any credentials. */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'an example' }

/** Both ways to DynamoDB. Everything is tried over each. How long a request may take is up to the stores, which bound it themselves. */
export const TRANSPORTS: Readonly<Record<TransportName, (endpoint: string) => DynamoTransport>> = {
  SDK: (endpoint) =>
    sdkTransport(new DynamoDBClient({ ...sdkClientOptions({ requestTimeoutMs: 10_000 }), endpoint, region: 'eu-central-1', credentials })),
  lean: (endpoint) => leanTransport({ endpoint, region: 'eu-central-1', credentials: async () => credentials }),
}

export const TRANSPORT_NAMES: readonly TransportName[] = ['SDK', 'lean']
