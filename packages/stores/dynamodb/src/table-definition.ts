import { table, type TableOptions } from './table.ts'

export interface TableDefinitionOptions extends TableOptions {
  /** `true` when left out: the last 35 days can be restored to the second. DynamoDB Local does not know it. */
  readonly pointInTimeRecovery?: boolean
  /** `true` when left out: the table cannot be deleted until this is taken back. */
  readonly deletionProtection?: boolean
  /** Billed per request when left out. */
  readonly provisioned?: { readonly readCapacityUnits: number; readonly writeCapacityUnits: number }
}

export interface TableKey {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

/** What the stores need of a table, as data: created by `createTable`, compared by `verifyTable`, and printed for other tools. */
export interface TableDefinition {
  /** The input of CreateTable, which is also what `AWS::DynamoDB::Table` takes under these names. */
  readonly table: {
    readonly TableName: string
    readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: 'S' }[]
    readonly KeySchema: readonly TableKey[]
    readonly GlobalSecondaryIndexes: readonly [ListingIndex]
    readonly DeletionProtectionEnabled: boolean
    readonly BillingMode: 'PAY_PER_REQUEST' | 'PROVISIONED'
    readonly ProvisionedThroughput?: Throughput
  }
  readonly ttlAttribute: string
  readonly pointInTimeRecovery: boolean
}

interface Throughput {
  readonly ReadCapacityUnits: number
  readonly WriteCapacityUnits: number
}

interface ListingIndex {
  readonly IndexName: string
  readonly KeySchema: readonly TableKey[]
  readonly Projection: { readonly ProjectionType: 'KEYS_ONLY' }
  readonly ProvisionedThroughput?: Throughput
}

/** @throws ConfigurationError (`configuration`) when names coincide. */
export function tableDefinition({
  pointInTimeRecovery = true,
  deletionProtection = true,
  provisioned,
  ...names
}: TableDefinitionOptions): TableDefinition {
  const { tableName, partitionKey, sortKey, ttlAttribute, listingAttribute, listingIndex } = table(names).options
  const throughput =
    provisioned === undefined
      ? {}
      : { ProvisionedThroughput: { ReadCapacityUnits: provisioned.readCapacityUnits, WriteCapacityUnits: provisioned.writeCapacityUnits } }
  return {
    table: {
      TableName: tableName,
      AttributeDefinitions: [partitionKey, sortKey, listingAttribute].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: listingIndex,
          KeySchema: [
            { AttributeName: listingAttribute, KeyType: 'HASH' },
            { AttributeName: partitionKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
          ...throughput,
        },
      ],
      DeletionProtectionEnabled: deletionProtection,
      BillingMode: provisioned === undefined ? 'PAY_PER_REQUEST' : 'PROVISIONED',
      ...throughput,
    },
    ttlAttribute,
    pointInTimeRecovery,
  }
}
