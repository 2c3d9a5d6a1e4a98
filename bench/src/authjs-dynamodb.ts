import { DynamoDBAdapter } from '@auth/dynamodb-adapter'
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import assert from 'node:assert/strict'
import { ACCOUNT } from './account.ts'
import type { Candidate } from './measure.ts'

const NAMES = ['pk', 'sk', 'GSI1PK', 'GSI1SK'] as const
const TABLE = 'next-auth'

/** Auth.js's check of a session of the database strategy: what its documentation says, table and client alike. */
export async function authJsRead(client: DynamoDBClient): Promise<Candidate> {
  const [pk, sk, indexPk, indexSk] = NAMES
  const keys = (partition: string, sort: string): { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[] => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: NAMES.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys(pk, sk),
      GlobalSecondaryIndexes: [{ IndexName: 'GSI1', KeySchema: keys(indexPk, indexSk), Projection: { ProjectionType: 'ALL' } }],
    }),
  )
  const marshallOptions = { convertEmptyValues: true, removeUndefinedValues: true, convertClassInstanceToMap: true }
  const adapter = DynamoDBAdapter(DynamoDBDocument.from(client, { marshallOptions }))
  const { createUser, createSession, getSessionAndUser } = adapter
  assert.ok(createUser !== undefined && createSession !== undefined && getSessionAndUser !== undefined)
  const sessionToken = 'e3b0c442-98fc-4c14-9afb-f4c8996fb924'
  const user = await createUser({ id: '', email: ACCOUNT.email, name: ACCOUNT.name, emailVerified: null })
  await createSession({ sessionToken, userId: user.id, expires: new Date(Date.now() + 30 * 86_400_000) })
  const name = 'Auth.js, getSessionAndUser'
  assert.equal((await getSessionAndUser(sessionToken))?.user.email, ACCOUNT.email, `${name} does not find the session`)
  assert.equal(await getSessionAndUser('nobody'), null)
  return { name, run: () => getSessionAndUser(sessionToken), asynchronous: true }
}
