import type { KeyStore, SigningKey } from '@sallyport/core'
import type { Patience } from './patience.ts'
import { n, numberOrNull, signingKeyAttributes, signingKeyOf, text } from './records.ts'
import type { Table } from './table.ts'

export function dynamodbKeyStore({ patience, table }: { readonly patience: Patience; readonly table: Table }): KeyStore {
  const insert = table.prepare({ ConditionExpression: 'attribute_not_exists(#pk)' })
  const list = table.prepare({ KeyConditionExpression: '#pk = :pk' })
  const promote = table.prepare({
    UpdateExpression: 'SET #activeFrom = :at',
    ConditionExpression: 'attribute_not_exists(#retiredAt) AND #activeFrom > :at',
  })
  const retire = table.prepare({
    UpdateExpression: 'SET #retiredAt = if_not_exists(#retiredAt, :at) REMOVE #wrappedPrivateKey',
    ConditionExpression: 'attribute_exists(#pk)',
  })

  return {
    insert: (key) =>
      patience.operation(async (calls) => {
        const Item = { ...table.keys.signingKey(key.generation), ...signingKeyAttributes(key) }
        const inserted = await calls.attempt('PutItem', { ...insert, Item, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
        if (inserted.applied) return 'inserted'
        return inserted.item !== null && text(inserted.item, 'kid') === key.kid ? 'inserted' : 'exists'
      }),

    list: () =>
      patience.operation(async (calls) => {
        const keys: SigningKey[] = []
        const query = { ...list, ExpressionAttributeValues: { ':pk': table.keys.signingKeys() }, ConsistentRead: true }
        for await (const page of calls.pages(query)) keys.push(...page.map(signingKeyOf))
        return keys
      }),

    promote: (generation, at) =>
      patience.operation(async (calls) => {
        const update = { ...promote, Key: table.keys.signingKey(generation), ExpressionAttributeValues: { ':at': n(at) } }
        const promoted = await calls.attempt('UpdateItem', { ...update, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
        // Not later than it signs already is no failure; absent or retired is.
        return promoted.applied || (promoted.item !== null && numberOrNull(promoted.item, 'retiredAt') === null)
      }),

    retire: (generation, at) =>
      patience.operation(async (calls) => {
        const update = { ...retire, Key: table.keys.signingKey(generation), ExpressionAttributeValues: { ':at': n(at) } }
        return (await calls.attempt('UpdateItem', update)).applied
      }),
  }
}
