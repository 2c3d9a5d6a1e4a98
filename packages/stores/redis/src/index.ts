export { redisStores, type RedisStoresOptions } from './redis-stores.ts'
export type { RedisClient } from './redis-client.ts'
export { clusterOptions, redisOptions, type ClientOptionsInput } from './client-options.ts'
export { checkRedis, demandSoundRedis, type CheckRedisOptions, type RedisFinding, type RedisFindingCode } from './check-redis.ts'
