import type { RedisClient } from './redis-client.ts'

/** Sends a command and answers its reply, or rejects with what the client rejects with. */
export type Call = (command: string, args: string[]) => Promise<unknown>

interface Waiting {
  readonly command: readonly string[]
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * A command goes out at once when it is alone under way. Those that are sent while others are go out together at the end of the turn: one write to the socket for all of them
 * makes up to twice as many commands a second, and costs none of them a round trip. A cluster has no common socket, so there each goes by itself.
 */
export function batchedCalls(client: RedisClient, isAlone: () => boolean): Call {
  if (client.pipeline === undefined || client.isCluster === true) return (command, args) => client.call(command, args)
  let batch: Waiting[] = []
  /** Who was first in a turn cannot know who follows: where several met in the last batch, they most likely do again. */
  let crowded = false

  async function flush(): Promise<void> {
    const sent = batch
    batch = []
    crowded = sent.length > 1
    try {
      const replies = (await client.pipeline?.(sent.map(({ command }) => ['call', ...command])).exec()) ?? []
      for (const [index, { resolve, reject }] of sent.entries()) {
        const [error, reply] = replies[index] ?? [new Error('The batch has no answer for this command.'), null]
        if (error === null) resolve(reply)
        else reject(error)
      }
    } catch (error) {
      for (const { reject } of sent) reject(error)
    }
  }

  return (command, args) => {
    if (!crowded && batch.length === 0 && isAlone()) return client.call(command, args)
    return new Promise((resolve, reject) => {
      batch.push({ command: [command, ...args], resolve, reject })
      if (batch.length === 1) process.nextTick(flush)
    })
  }
}
