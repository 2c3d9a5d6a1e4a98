import type { UserPage } from '@sallyport/core'
import type { Item } from './dynamo-transport.ts'
import { pageLimit } from './page-limit.ts'
import type { Calls } from './patience.ts'
import { userOf } from './records.ts'
import { fitsKey, LISTING_SHARDS, type Table } from './table.ts'

/** `<partition of the index>:<what follows in the key of the last user shown>`. */
const CURSOR = /^([0-3]):(.*)$/s

export type ListUsers = (calls: Calls, page: { readonly limit: number; readonly cursor: string | null }) => Promise<UserPage>

/** Keys from the sparse index, partition after partition, then the users themselves by key: the index holds nothing but keys, so that a change of a user writes nothing there. */
export function listUsers(table: Table): ListUsers {
  const { keys, options } = table
  const list = table.prepare({ KeyConditionExpression: '#listing = :shard AND #pk > :after' })

  return async (calls, { limit, cursor }) => {
    const wanted = pageLimit(limit) + 1
    const start = cursor === null ? { shard: 0, part: '' } : startOf(cursor)
    if (start === null) return { users: [], cursor: null }
    const found: { readonly shard: number; readonly part: string; readonly key: Item }[] = []
    for (let shard = start.shard; shard < LISTING_SHARDS && found.length < wanted; shard++) {
      const values = { ':shard': keys.listing(shard), ':after': keys.listedAfter(shard === start.shard ? start.part : '') }
      const query = { ...list, IndexName: options.listingIndex, ExpressionAttributeValues: values, Limit: wanted - found.length }
      for await (const page of calls.pages(query)) {
        found.push(...page.map((item) => ({ shard, ...table.listed(item) })))
        if (found.length >= wanted) break
      }
    }
    const shown = found.slice(0, limit)
    const items = await calls.readAll(
      options.tableName,
      shown.map(({ key }) => key),
    )
    const last = shown.at(-1)
    return { users: items.map(userOf), cursor: found.length > limit && last !== undefined ? `${last.shard}:${last.part}` : null }
  }
}

/** `null` for a cursor that was never given: nothing comes after it. */
function startOf(cursor: string): { readonly shard: number; readonly part: string } | null {
  const [, shard, part] = CURSOR.exec(cursor) ?? []
  return shard === undefined || part === undefined || !fitsKey(part) ? null : { shard: Number(shard), part }
}
