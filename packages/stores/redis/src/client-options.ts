import { randomInt } from 'node:crypto'
import type { ClusterOptions, RedisOptions } from 'ioredis'

export interface ClientOptionsInput {
  /** How long a connection may take to come about, and how long it may stay silent while answers are due, in milliseconds; 2000 when left out. Not above the `deadlineMs` of the stores. */
  readonly timeoutMs?: number
}

/** Doubles from attempt to attempt; jittered, so that the instances of a service do not come back in step after a restart of Redis. */
const RECONNECT_MS = { first: 50, most: 1000 }

/**
 * Options for `new Redis(url, redisOptions())`. It connects at the first command, drops a connection that went dead, reconnects for ever, and fails every command under way when
 * the connection breaks: what can be repeated the stores repeat, within their deadline. ioredis's own defaults send it again up to twenty times, and hang on a dead connection.
 */
export function redisOptions({ timeoutMs = 2000 }: ClientOptionsInput = {}): RedisOptions {
  return {
    ...connectionOptions(timeoutMs),
    maxRetriesPerRequest: 0,
    retryStrategy: reconnectDelay,
    // After a failover the old primary is a replica: only a new connection finds the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  }
}

/** The same for `new Cluster(nodes, clusterOptions())`. */
export function clusterOptions({ timeoutMs = 2000 }: ClientOptionsInput = {}): ClusterOptions {
  return {
    lazyConnect: true,
    // Ends the client when no node can be reached, and with it the commands that still wait: otherwise they would go out when nobody waits for them any more. The stores connect again.
    clusterRetryStrategy: () => null,
    // Zero: what broke off is not sent again by the client, only by the stores.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 100,
    retryDelayOnTryAgain: 100,
    slotsRefreshTimeout: timeoutMs,
    redisOptions: connectionOptions(timeoutMs),
  }
}

function connectionOptions(
  timeoutMs: number,
): Pick<RedisOptions, 'lazyConnect' | 'connectTimeout' | 'socketTimeout' | 'keepAlive' | 'autoResendUnfulfilledCommands'> {
  return { lazyConnect: true, connectTimeout: timeoutMs, socketTimeout: timeoutMs, keepAlive: 30_000, autoResendUnfulfilledCommands: false }
}

function reconnectDelay(attempt: number): number {
  const ceiling = Math.min(RECONNECT_MS.first * 2 ** Math.min(attempt, 10), RECONNECT_MS.most)
  return randomInt(ceiling / 4, ceiling)
}
