import { expect, it, describe } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { TRANSPORT_NAMES, TRANSPORTS } from '../testing/transports.ts'
import type { DynamoTransport, InputOf, OperationName } from './dynamo-transport.ts'
import { DynamoError } from './dynamo-error.ts'
import { createTable, verifyTable } from './provision.ts'
import { tableDefinition } from './table-definition.ts'

/** DynamoDB Local knows no point-in-time recovery; this stands before it and plays that part, as a table that has just been made: unavailable at first. */
function withBackups(inner: DynamoTransport, seen: OperationName[]): DynamoTransport {
  let status = 'DISABLED'
  let asked = 0
  return {
    async call(operation, input, options) {
      seen.push(operation)
      if (operation === 'DescribeContinuousBackups') {
        return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status } } } as never
      }
      if (operation === 'UpdateContinuousBackups') {
        asked += 1
        if (asked === 1) throw new DynamoError('ContinuousBackupsUnavailableException', { status: 400 })
        status = 'ENABLED'
        return {}
      }
      return inner.call(operation, input, options)
    },
    close: () => inner.close(),
  }
}

const call = <Name extends OperationName>(transport: DynamoTransport, operation: Name, input: InputOf<Name>): Promise<unknown> =>
  transport.call(operation, input, { timeoutMs: 10_000 })

await onDynamodbLocal((local) => {
  for (const name of TRANSPORT_NAMES) {
    describe(`a table made over the ${name} transport`, () => {
      const transport = TRANSPORTS[name](local.endpoint)

      it('is whole, and stays so when it is made again, or twice at once', async () => {
        const seen: OperationName[] = []
        const options = { transport: withBackups(transport, seen), table: { tableName: freshName() } }
        expect(await verifyTable(options)).toEqual(['missing-table'])
        await createTable(options)
        expect(await verifyTable(options)).toEqual([])
        seen.length = 0
        await createTable(options)
        expect(seen).toEqual(['DescribeTable', 'DescribeTimeToLive', 'DescribeContinuousBackups'])
        const table = { tableName: freshName(), pointInTimeRecovery: false, deletionProtection: false }
        await Promise.all([createTable({ transport, table }), createTable({ transport, table })])
        expect(await verifyTable({ transport, table })).toEqual([])
        expect(await verifyTable({ transport: withBackups(transport, seen), table: { ...table, pointInTimeRecovery: true } })).toEqual([
          'missing-point-in-time-recovery',
        ])
      })

      it('that others made gets what it lacks, under names of its own', async () => {
        const table = {
          tableName: freshName(),
          partitionKey: 'Name',
          sortKey: 'Kind',
          ttlAttribute: 'Until',
          listingAttribute: 'List',
          pointInTimeRecovery: false,
        }
        const { GlobalSecondaryIndexes: _, AttributeDefinitions, ...plain } = tableDefinition(table).table
        await call(transport, 'CreateTable', { ...plain, AttributeDefinitions: AttributeDefinitions.slice(0, 2) })
        expect(await verifyTable({ transport, table })).toEqual(['missing-index', 'missing-ttl'])
        await createTable({ transport, table })
        expect(await verifyTable({ transport, table })).toEqual([])
      })

      it('with other keys or another native expiry is refused and left alone', async () => {
        const tableName = freshName()
        await createTable({ transport, table: { tableName, pointInTimeRecovery: false } })
        for (const [names, problem] of [
          [{ partitionKey: 'id' }, 'other-keys'],
          [{ ttlAttribute: 'until' }, 'other-ttl'],
          [{ listingAttribute: 'list' }, 'other-index'],
        ] as const) {
          const options = { transport, table: { tableName, pointInTimeRecovery: false, ...names } }
          expect(await verifyTable(options)).toContain(problem)
          await expect(createTable(options)).rejects.toMatchObject({ code: 'configuration' })
        }
      })

      it('is as good as there while it is updated, and not while it or its index is being made', async () => {
        const table = { tableName: freshName(), pointInTimeRecovery: false }
        await createTable({ transport, table })
        const described = (await transport.call('DescribeTable', { TableName: table.tableName }, { timeoutMs: 10_000 })).Table
        for (const [changes, problems] of [
          [{ TableStatus: 'UPDATING' }, []],
          [{ TableStatus: 'CREATING' }, ['becoming']],
          [{ GlobalSecondaryIndexes: described?.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'CREATING' })) }, ['becoming']],
        ] as const) {
          const changing: DynamoTransport = {
            ...transport,
            call: async (operation, input, options) =>
              operation === 'DescribeTable' ? { Table: { ...described, ...changes } } : transport.call(operation, input, options),
          }
          expect(await verifyTable({ transport: changing, table })).toEqual(problems)
        }
      })

      it('is a matter of configuration when AWS refuses, and unavailable when it does not answer', async () => {
        await expect(verifyTable({ transport, table: { tableName: 'x' } })).rejects.toMatchObject({ code: 'configuration' })
        const nowhere = TRANSPORTS[name]('http://127.0.0.1:1')
        await expect(createTable({ transport: nowhere, table: { tableName: freshName() }, timeoutMs: 100 })).rejects.toMatchObject({
          code: 'store-unavailable',
        })
      })
    })
  }
})

describe('the definition of a table', () => {
  it('names every part, and its capacity where that is provisioned', () => {
    const provisioned = { readCapacityUnits: 5, writeCapacityUnits: 6 }
    const definition = tableDefinition({ tableName: 'users', ttlAttribute: 'until', provisioned, deletionProtection: false })
    const throughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 }
    expect(definition.table).toMatchObject({ BillingMode: 'PROVISIONED', ProvisionedThroughput: throughput, DeletionProtectionEnabled: false })
    expect(definition.table.GlobalSecondaryIndexes[0].ProvisionedThroughput).toEqual(throughput)
    expect(definition).toMatchObject({ ttlAttribute: 'until', pointInTimeRecovery: true })
    expect(tableDefinition({ tableName: 'users' }).table.BillingMode).toBe('PAY_PER_REQUEST')
  })

  it('refuses names that coincide', () => {
    for (const names of [{ partitionKey: 'sk' }, { ttlAttribute: 'expiresAt' }, { listingAttribute: '' }, { sortKey: 'user' }]) {
      expect(() => tableDefinition({ tableName: 'users', ...names })).toThrow(expect.objectContaining({ code: 'configuration' }))
    }
  })
})
