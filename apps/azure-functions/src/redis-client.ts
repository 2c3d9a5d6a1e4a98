import { clusterOptions, redisOptions } from '@sallyport/store-redis'
import { Cluster, Redis } from 'ioredis'
import type { RedisLocation } from './config.ts'

/** Connects at the first command, with TLS where the URL begins with `rediss:`. */
export function redisClient({ url, username, password, isCluster }: RedisLocation): Redis | Cluster {
  const credentials = { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) }
  const options = clusterOptions()
  const client = isCluster
    ? new Cluster([url], { ...options, redisOptions: { ...options.redisOptions, ...credentials, ...(url.startsWith('rediss:') ? { tls: {} } : {}) } })
    : new Redis(url, { ...redisOptions(), ...credentials })
  // Whoever called hears of it.
  client.on('error', () => {})
  return client
}
