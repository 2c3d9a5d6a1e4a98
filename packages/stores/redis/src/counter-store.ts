import type { Clock, CounterStore } from '@sallyport/core'
import type { Connection } from './connection.ts'
import { EXPIRY_SLACK_MS, type Keyspace } from './keyspace.ts'
import { script } from './script.ts'

/** KEYS: counters. ARGV: when each may go. In one script, because INCR and PEXPIREAT apart can leave a counter that never goes. */
const COUNT = script(`
local counts = {}
for at, key in ipairs(KEYS) do
  counts[at] = redis.call('INCR', key)
  if counts[at] == 1 then redis.call('PEXPIREAT', key, ARGV[at]) end
end
return counts
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
  async function counted(counters: readonly { readonly name: string; readonly resetsAt: number }[], deadline: number): Promise<readonly number[]> {
    const args = counters.map(({ resetsAt }) => String(resetsAt + EXPIRY_SLACK_MS))
    return (await connection.evaluate(COUNT, { keys: counters.map(({ name }) => name), args, deadline })) as number[]
  }

  return {
    async count(hits) {
      if (hits.length === 0) return []
      const now = clock.now()
      const deadline = connection.deadline()
      const counters = hits.map(({ key, windowMs }) => {
        const resetsAt = (Math.floor(now / windowMs) + 1) * windowMs
        return { name: keys.counter({ key, windowMs, resetsAt }), resetsAt }
      })
      // In a cluster counters are spread over the slots, so each is counted by itself: all leave at once, still one round trip.
      const groups = connection.isCluster ? counters.map((counter) => [counter]) : [counters]
      const counts = (await Promise.all(groups.map((group) => counted(group, deadline)))).flat()
      return counters.map(({ resetsAt }, index) => ({ count: counts[index]!, resetsAt }))
    },
  }
}
