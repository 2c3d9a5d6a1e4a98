import { describeDomain, type StoreHarness } from '@sallyport/conformance'
import type { CounterStore } from '@sallyport/core'
import { onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { dynamodbHarness } from '../testing/harness.ts'
import { plainTokens } from '../testing/plain-tokens.ts'

await onDynamodbLocal((local) => {
  describeDomain('dynamodb, lean transport', { stores: countingInTurn(dynamodbHarness(local, 'lean')), tokens: plainTokens })
})

/**
 * Requests that count take turns. DynamoDB counts each key atomically and several keys in any order, so of twenty guesses at once never more than the limit pass, but fewer may, each
 * of two limits refusing others; D47 demands exactly so many. That counts at once are each others' successors is what C4 proves, without turns.
 */
function countingInTurn({ open }: StoreHarness): StoreHarness {
  return {
    async open(options) {
      const opened = await open(options)
      let last: Promise<unknown> = Promise.resolve()
      const inTurn = ({ count }: CounterStore): CounterStore => ({
        count: (hits) => {
          const counted = last.then(() => count(hits))
          last = counted.catch(() => {})
          return counted
        },
      })
      const second = await opened.second?.()
      return {
        ...opened,
        stores: { ...opened.stores, counters: inTurn(opened.stores.counters) },
        ...(second === undefined ? {} : { second: async () => ({ ...second, counters: inTurn(second.counters) }) }),
      }
    },
  }
}
