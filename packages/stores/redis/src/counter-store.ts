import type { Clock, CounterStore } from '@sallyport/core'
import type { Connection } from './connection.ts'
import { EXPIRY_SLACK_MS, type Keyspace } from './keyspace.ts'
import { script } from './script.ts'

/** In one script, because INCR and PEXPIREAT apart can leave a counter that never goes. */
const COUNT = script(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end
return count
`)

export function redisCounterStore({
  connection,
  keys,
  clock,
}: {
  readonly connection: Connection
  readonly keys: Keyspace
  readonly clock: Clock
}): CounterStore {
  return {
    count(hits) {
      const now = clock.now()
      const deadline = connection.deadline()
      // All leave before the first answer: one round trip, on a cluster one to each node.
      return Promise.all(
        hits.map(async ({ key, windowMs }) => {
          const resetsAt = (Math.floor(now / windowMs) + 1) * windowMs
          const args = [String(resetsAt + EXPIRY_SLACK_MS)]
          const count = Number(await connection.evaluate(COUNT, { keys: [keys.counter({ key, windowMs, resetsAt })], args, deadline }))
          return { count, resetsAt }
        }),
      )
    },
  }
}
