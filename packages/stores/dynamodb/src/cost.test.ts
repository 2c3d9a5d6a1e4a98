import { expect, it } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { createdTable } from '../testing/harness.ts'
import { clock, session, user } from '../testing/samples.ts'
import { scenarios } from '../testing/scenarios.ts'
import { TABLE_NAME, TRANSPORTS } from '../testing/transports.ts'
import { dynamodbStores } from './dynamodb-stores.ts'
import type { DynamoTransport } from './dynamo-transport.ts'

interface Seen {
  readonly operation: string
  readonly input: object
}

await onDynamodbLocal(async (local) => {
  await createdTable(local)

  function counted(): { readonly stores: ReturnType<typeof dynamodbStores>; readonly seen: Seen[] } {
    const inner = TRANSPORTS.lean(local.endpoint)
    const seen: Seen[] = []
    const transport: DynamoTransport = {
      call(operation, input, options) {
        seen.push({ operation, input })
        return inner.call(operation, input, options)
      },
      close: () => inner.close(),
    }
    return { stores: dynamodbStores({ transport, table: { tableName: TABLE_NAME, keyPrefix: `${freshName()}/` }, clock }), seen }
  }

  for (const scenario of scenarios) {
    it(`${scenario.name} takes ${scenario.requests.join(', ')}`, async () => {
      const { stores, seen } = counted()
      await scenario.prepare(stores)
      seen.length = 0
      expect(await scenario.act(stores)).toEqual(scenario.answer)
      expect(seen.map(({ operation }) => operation)).toEqual(scenario.requests)
      // Whatever is decided is decided by what is stored now: only the list of users may lag.
      for (const { operation, input } of seen) {
        if (operation === 'GetItem') expect(input).toMatchObject({ ConsistentRead: true })
        if (operation === 'Query' && scenario.name !== 'users.list') expect(input).toMatchObject({ ConsistentRead: true })
        if (scenario.name !== 'users.list') expect(input).not.toHaveProperty('IndexName')
      }
      await stores.close()
    })
  }

  it('the check of a session is exactly one GetItem, whether there is one or not', async () => {
    const { stores, seen } = counted()
    await stores.sessions.create(session)
    seen.length = 0
    await stores.sessions.find(user.id, session.id)
    await stores.sessions.find(user.id, 'none')
    expect(seen).toMatchObject([{ operation: 'GetItem' }, { operation: 'GetItem' }])
    await stores.close()
  })

  it('several limits are counted side by side, equal ones in one increment', async () => {
    const { stores, seen } = counted()
    const hit = (key: string) => ({ key, windowMs: 60_000 })
    const counts = await stores.counters.count([hit('a'), hit('b'), hit('a'), hit('c')])
    expect(counts.map(({ count }) => count)).toEqual([1, 1, 2, 1])
    expect(seen.map(({ operation }) => operation)).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem'])
    await stores.close()
  })

  it('ending 60 sessions takes the floor, one page, and a batch for each 25', async () => {
    const { stores, seen } = counted()
    for (let index = 0; index < 60; index++) await stores.sessions.create({ ...session, id: `session-${index}` })
    seen.length = 0
    expect(await stores.sessions.endAll({ userId: user.id, floor: 2, except: null })).toBe(60)
    expect(seen.map(({ operation }) => operation)).toEqual(['UpdateItem', 'Query', 'BatchWriteItem', 'BatchWriteItem', 'BatchWriteItem'])
    await stores.close()
  })
})
