import { ConfigurationError, type Clock, type Stores } from '@sallyport/core'
import { redisConnection } from './connection.ts'
import { redisCounterStore } from './counter-store.ts'
import { redisKeyStore } from './key-store.ts'
import { keyspace } from './keyspace.ts'
import type { RedisClient } from './redis-client.ts'
import { redisOneTimeTokenStore } from './one-time-token-store.ts'
import { redisSessionStore } from './session-store.ts'
import { redisUserStore } from './user-store.ts'

export interface RedisStoresOptions {
  /** A `Redis` or `Cluster` of ioredis, made with `redisOptions` or `clusterOptions`. `close` ends it. */
  readonly client: RedisClient
  readonly clock: Clock
  /** In front of all keys: `sallyport` when left out. Two applications on one Redis take two. */
  readonly prefix?: string
  /** How long one operation may take, repetitions included, in milliseconds: 50 to 5000, by default 2000. */
  readonly deadlineMs?: number
  /** How many calls may be under way or wait for a connection at once, 5000 when left out. Beyond it new ones fail at once. */
  readonly maxPending?: number
}

const DEADLINE_MS = { least: 50, default: 2000, most: 5000 }
const MAX_PENDING = 5000

/**
 * Every store port on Redis 6.2 or newer, single, replicated or cluster. Connects to nothing by itself: that is the client's. Before it serves, an application asks `checkRedis`
 * whether that Redis keeps what it is given.
 *
 * @throws ConfigurationError (`configuration`) when an option is out of range.
 */
export function redisStores({
  client,
  clock,
  prefix = 'sallyport',
  deadlineMs = DEADLINE_MS.default,
  maxPending = MAX_PENDING,
}: RedisStoresOptions): Stores {
  if (!Number.isInteger(deadlineMs) || deadlineMs < DEADLINE_MS.least || deadlineMs > DEADLINE_MS.most) {
    throw new ConfigurationError(
      `The deadline of the Redis store is a whole number of milliseconds from ${DEADLINE_MS.least} to ${DEADLINE_MS.most}.`,
    )
  }
  if (!Number.isInteger(maxPending) || maxPending < 1) {
    throw new ConfigurationError('The number of calls that may wait for the Redis store is a whole number from 1 on.')
  }
  const keys = keyspace(prefix)
  const connection = redisConnection({ client, deadlineMs, maxPending })
  return {
    users: redisUserStore({ connection, keys }),
    sessions: redisSessionStore({ connection, keys, clock }),
    oneTimeTokens: redisOneTimeTokenStore({ connection, keys, clock }),
    counters: redisCounterStore({ connection, keys, clock }),
    keys: redisKeyStore({ connection, keys }),
    close: () => connection.close(),
  }
}
