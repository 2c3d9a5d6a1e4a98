// Both function apps on this machine, built as they are deployed, behind a stand-in for the Azure host, over a Redis of their own that is gone with them.
// Usage: npm run local, in this folder. Needs redis-server. Ctrl-C ends it.
import { randomBytes } from 'node:crypto'
import { redisServer } from '../../../packages/stores/redis/testing/redis-server.ts'
import { builtApps } from './built-apps.ts'
import { functionApp } from './function-app.ts'

const PORTS = { api: 7071, posts: 7072 }

const apps = builtApps()
const redis = await redisServer()
const secret = (): string => randomBytes(40).toString('base64url')
const shared = {
  SALLYPORT_STRATEGY: process.env['SALLYPORT_STRATEGY'] ?? 'jwt',
  SALLYPORT_PUBLIC_URL: `http://127.0.0.1:${PORTS.api}`,
  SALLYPORT_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
}
const secrets = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }
const api = await functionApp(apps.api, { ...shared, ...secrets }, PORTS.api)
const posts = await functionApp(apps.posts, shared, PORTS.posts)
process.stdout.write(
  `Redis at ${shared.SALLYPORT_REDIS_URL}\nSallyport at ${api.url}, the sample function at ${posts.url}/posts. Ctrl-C ends both.\n`,
)

const end = async (): Promise<void> => {
  await Promise.all([api.close(), posts.close()])
  await redis.remove()
  apps.remove()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(0)))
