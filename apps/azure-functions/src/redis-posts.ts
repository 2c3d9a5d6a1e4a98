import { StoreUnavailableError } from '@sallyport/core'
import { POSTS_PAGE, type Post, type PostStore } from '@sallyport/sample-posts'
import type { RedisClient } from '@sallyport/store-redis'

/**
 * Posts in a hash, and their ids, which rise from the newest to the oldest, in a sorted set beside it. The hash says which posts there are: an id that is left over when a write breaks off between
 * the two is passed over.
 */
export function redisPosts({ client, prefix }: { readonly client: RedisClient; readonly prefix: string }): PostStore {
  // One slot of a cluster.
  const records = `{${prefix}:sample-posts}:records`
  const order = `{${prefix}:sample-posts}:order`
  const call = async (command: string, ...args: string[]): Promise<unknown> => {
    try {
      return await client.call(command, args)
    } catch (cause) {
      throw new StoreUnavailableError('The posts cannot be reached.', { cause })
    }
  }
  return {
    latest: async () => {
      const ids = (await call('ZRANGE', order, '0', String(POSTS_PAGE - 1))) as string[]
      const found = ids.length === 0 ? [] : ((await call('HMGET', records, ...ids)) as (string | null)[])
      return found.filter((record) => record !== null).map((record) => JSON.parse(record) as Post)
    },
    add: async (post) => {
      await call('ZADD', order, '0', post.id)
      await call('HSET', records, post.id, JSON.stringify(post))
    },
    remove: async (id) => {
      const removed = await call('HDEL', records, id)
      await call('ZREM', order, id)
      return removed === 1
    },
  }
}
