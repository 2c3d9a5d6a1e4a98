import type { RestTokenAuthorizer } from '@sallyport/platform-aws-lambda'
import { awsCredentials, leanTransport } from '@sallyport/store-dynamodb'
import { sessionAuthorizer } from './session-authorizer.ts'

const { AWS_REGION: region = '' } = process.env
export const handler: RestTokenAuthorizer = sessionAuthorizer(leanTransport({ region, credentials: awsCredentials({ environment: process.env }) }))
