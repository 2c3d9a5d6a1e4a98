// The stores, bundled like an app before they run.
export { systemClock } from '@sallyport/core'
export { datastoreStores, openDatastoreClient } from '@sallyport/store-datastore'
export { awsCredentials, dynamodbStores, leanTransport, sdkClientOptions, sdkTransport, tableDefinition } from '@sallyport/store-dynamodb'
export { redisOptions, redisStores } from '@sallyport/store-redis'
export { sqliteStores } from '@sallyport/store-sqlite'
