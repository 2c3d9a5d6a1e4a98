import { expect, it } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { createdTable } from '../testing/harness.ts'
import { clock, session } from '../testing/samples.ts'
import { TABLE_NAME, TRANSPORTS } from '../testing/transports.ts'
import { dynamodbSessions, dynamodbStores } from './dynamodb-stores.ts'

await onDynamodbLocal(async (local) => {
  await createdTable(local)

  it('the sessions that a check finds are those of the stores', async () => {
    const options = { transport: TRANSPORTS.lean(local.endpoint), table: { tableName: TABLE_NAME, keyPrefix: `${freshName()}/` }, clock }
    const [stores, sessions] = [dynamodbStores(options), dynamodbSessions(options)]
    await stores.sessions.create(session)
    expect(await sessions.find(session.userId, session.id)).toEqual(session)
    await stores.sessions.end({ userId: session.userId, sessionId: session.id, secretHash: null })
    expect(await sessions.find(session.userId, session.id)).toBeNull()
    await stores.close()
  })
})

it('limits that cannot work are refused for them too', () => {
  const transport = TRANSPORTS.lean('http://127.0.0.1:1')
  expect(() => dynamodbSessions({ transport, table: { tableName: TABLE_NAME }, clock, deadlineMs: 1 })).toThrow('deadline')
})
