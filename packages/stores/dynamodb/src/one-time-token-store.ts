import type { Clock, OneTimeTokenPurpose, OneTimeTokenStore } from '@sallyport/core'
import type { Patience } from './patience.ts'
import { n, oneTimeTokenAttributes, oneTimeTokenOf, s } from './records.ts'
import type { Table } from './table.ts'

/** Keys of a record, so that the compiler asks for a purpose that is missing here. */
const PURPOSES = Object.keys({ 'verify-email': null, 'reset-password': null, 'change-email': null } satisfies Record<
  OneTimeTokenPurpose,
  null
>) as OneTimeTokenPurpose[]

export function dynamodbOneTimeTokenStore({
  patience,
  table,
  clock,
}: {
  readonly patience: Patience
  readonly table: Table
  readonly clock: Clock
}): OneTimeTokenStore {
  // One item for each user and purpose: the new token takes the place of the older one. The same token again changes nothing, so that a repetition never brings a
  // used one back.
  const issue = table.prepare({ ConditionExpression: 'attribute_not_exists(#pk) OR #hash <> :hash' })
  // Who writes their attempt id first has the token. The item stays until it expires, so that the same attempt is known again.
  const consume = table.prepare({
    UpdateExpression: 'SET #usedBy = :attempt',
    ConditionExpression: '#hash = :hash AND #expiresAt > :now AND (attribute_not_exists(#usedBy) OR #usedBy = :attempt)',
  })

  return {
    issue: (token) =>
      patience.operation(async (calls) => {
        const Item = {
          ...table.keys.oneTimeToken(token.userId, token.purpose),
          ...oneTimeTokenAttributes(token),
          [table.options.ttlAttribute]: table.ttl(token.expiresAt),
        }
        await calls.attempt('PutItem', { ...issue, Item, ExpressionAttributeValues: { ':hash': s(token.hash) } })
      }),

    consume: ({ userId, purpose, hash, attemptId }) =>
      patience.operation(async (calls) => {
        const consumed = await calls.attempt('UpdateItem', {
          ...consume,
          Key: table.keys.oneTimeToken(userId, purpose),
          ExpressionAttributeValues: { ':hash': s(hash), ':attempt': s(attemptId), ':now': n(clock.now()) },
          ReturnValues: 'ALL_NEW',
        })
        return consumed.applied ? oneTimeTokenOf(consumed.output.Attributes ?? {}) : null
      }),

    endAll: (userId) =>
      patience.operation((calls) =>
        calls.deleteAll(
          table.options.tableName,
          PURPOSES.map((purpose) => table.keys.oneTimeToken(userId, purpose)),
        ),
      ),
  }
}
