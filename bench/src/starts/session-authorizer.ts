// The authorizer of a REST API in the session strategy, put together by hand as apps do: one read of DynamoDB for each check, and nothing that only the API needs.
import { authorizer, sessionStrategy, systemClock, systemRandom } from '@sallyport/core'
import { restTokenAuthorizer, type RestTokenAuthorizer } from '@sallyport/platform-aws-lambda'
import { dynamodbStores, type DynamoTransport } from '@sallyport/store-dynamodb'

export function sessionAuthorizer(transport: DynamoTransport): RestTokenAuthorizer {
  const { sessions } = dynamodbStores({ transport, table: { tableName: 'sallyport' }, clock: systemClock })
  const lifetimes = { idleSeconds: 0, absoluteSeconds: 0, accessTokenSeconds: 0, refreshGraceSeconds: 0 }
  const strategy = sessionStrategy({ sessions, clock: systemClock, random: systemRandom, lifetimes, roleScopes: {} })
  return restTokenAuthorizer({
    authorize: authorizer({ strategy, clock: systemClock }),
    clock: systemClock,
    transports: ['bearer'],
    publicUrl: 'https://auth.example.com',
    allowedOrigins: [],
    ttlSeconds: 300,
    revocation: { strategy: 'session', accessTokenSeconds: 0, sessionCacheSeconds: 0, maximumSeconds: 900 },
    routes: [
      { method: 'GET', path: '/posts', rule: { access: 'public' } },
      { method: 'POST', path: '/posts', rule: { access: 'signed-in' } },
    ],
    recheckedBehind: false,
    undeclaredPaths: 'not-routed',
  })
}
