import { randomBytes } from 'node:crypto'
import { systemClock, type Stores } from '@sallyport/core'
import { redisStores } from '@sallyport/store-redis'
import { connect } from '../../../packages/stores/redis/testing/harness.ts'
import { freePort, redisServer } from '../../../packages/stores/redis/testing/redis-server.ts'
import { builtApps } from './built-apps.ts'
import { functionApp, type FunctionApp } from './function-app.ts'

/** Both function apps as they are deployed, over a Redis of their own. */
export interface Deployment {
  readonly api: FunctionApp
  readonly posts: FunctionApp
  readonly stores: Stores
  readonly secrets: readonly string[]
  /** `kill -9` for Redis. */
  killStore(): Promise<void>
  close(): Promise<void>
}

export async function deployment(environment: Readonly<Record<string, string>>): Promise<Deployment> {
  const apps = builtApps()
  const redis = await redisServer()
  const secret = (): string => randomBytes(40).toString('base64url')
  const secrets = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }
  const port = await freePort()
  const shared = {
    SALLYPORT_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SALLYPORT_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    ...environment,
  }
  const api = await functionApp(apps.api, { ...shared, ...secrets }, port)
  // None of the secrets of the API.
  const posts = await functionApp(apps.posts, shared)
  const stores = redisStores({ client: connect(redis), clock: systemClock })
  return {
    api,
    posts,
    stores,
    secrets: Object.values(secrets),
    killStore: () => redis.kill(),
    close: async () => {
      await Promise.all([api.close(), posts.close(), stores.close()])
      await redis.remove()
      apps.remove()
    },
  }
}
