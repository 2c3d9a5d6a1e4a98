import type { Clock, Stores } from '@sallyport/core'
import { redisOptions, redisStores } from '@sallyport/store-redis'
import { Redis } from 'ioredis'

/** Sessions in Redis, which each request then asks instead of DynamoDB. Connects at the first request. */
export function redisSessions(url: string, clock: Clock): Pick<Stores, 'sessions' | 'close'> {
  const client = new Redis(url, redisOptions())
  // Whoever called hears of it; unheard, the event would end the process.
  client.on('error', () => undefined)
  return redisStores({ client, clock })
}
