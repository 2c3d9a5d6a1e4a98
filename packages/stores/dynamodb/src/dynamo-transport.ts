/** What the table holds and DynamoDB speaks, of the types that this package uses (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html). */
export type AttributeValue = { readonly S: string } | { readonly N: string } | { readonly M: Item }

export type Item = { readonly [attribute: string]: AttributeValue }

/** The names and values behind the placeholders of an expression. */
export interface Expressions {
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Item
}

interface OnTable {
  readonly TableName: string
}

interface Conditional extends OnTable, Expressions {
  /** `ALL_OLD`: a condition that fails tells what it met, so that no second read is needed to explain it. */
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD'
}

export interface Keyed {
  readonly Key: Item
}

export interface Update extends Conditional, Keyed {
  readonly UpdateExpression: string
}

export interface Put extends Conditional {
  readonly Item: Item
}

export type TransactItem =
  | { readonly Put: Put }
  | { readonly Update: Update }
  | { readonly Delete: Conditional & Keyed }
  | { readonly ConditionCheck: Conditional & Keyed & { readonly ConditionExpression: string } }

export interface QueryInput extends OnTable, Expressions {
  readonly KeyConditionExpression: string
  readonly FilterExpression?: string
  readonly ProjectionExpression?: string
  readonly IndexName?: string
  readonly ConsistentRead?: boolean
  readonly Limit?: number
  readonly ExclusiveStartKey?: Item
}

export interface KeysAndAttributes {
  readonly Keys: readonly Item[]
  readonly ConsistentRead?: boolean
}

export type WriteRequest = { readonly DeleteRequest: Keyed } | { readonly PutRequest: { readonly Item: Item } }

/** The operations of DynamoDB that a store needs, as its JSON protocol spells them; the last seven are for provisioning only. */
export interface DynamoOperations {
  readonly GetItem: { readonly input: OnTable & Keyed & { readonly ConsistentRead: true }; readonly output: { readonly Item?: Item } }
  readonly PutItem: { readonly input: Put; readonly output: object }
  readonly UpdateItem: {
    readonly input: Update & { readonly ReturnValues?: 'ALL_NEW' | 'UPDATED_NEW' }
    readonly output: { readonly Attributes?: Item }
  }
  readonly DeleteItem: { readonly input: Conditional & Keyed; readonly output: object }
  readonly Query: { readonly input: QueryInput; readonly output: { readonly Items?: readonly Item[]; readonly LastEvaluatedKey?: Item } }
  readonly BatchGetItem: {
    readonly input: { readonly RequestItems: Readonly<Record<string, KeysAndAttributes>> }
    readonly output: {
      readonly Responses?: Readonly<Record<string, readonly Item[]>>
      readonly UnprocessedKeys?: Readonly<Record<string, KeysAndAttributes>>
    }
  }
  readonly BatchWriteItem: {
    readonly input: { readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>> }
    readonly output: { readonly UnprocessedItems?: Readonly<Record<string, readonly WriteRequest[]>> }
  }
  readonly TransactWriteItems: {
    readonly input: { readonly TransactItems: readonly TransactItem[]; readonly ClientRequestToken?: string }
    readonly output: object
  }
  readonly CreateTable: { readonly input: object; readonly output: object }
  readonly DescribeTable: { readonly input: OnTable; readonly output: { readonly Table?: TableDescription } }
  readonly UpdateTable: { readonly input: OnTable & object; readonly output: object }
  readonly DescribeTimeToLive: {
    readonly input: OnTable
    readonly output: { readonly TimeToLiveDescription?: { readonly TimeToLiveStatus?: string; readonly AttributeName?: string } }
  }
  readonly UpdateTimeToLive: { readonly input: OnTable & object; readonly output: object }
  readonly DescribeContinuousBackups: {
    readonly input: OnTable
    readonly output: {
      readonly ContinuousBackupsDescription?: { readonly PointInTimeRecoveryDescription?: { readonly PointInTimeRecoveryStatus?: string } }
    }
  }
  readonly UpdateContinuousBackups: { readonly input: OnTable & object; readonly output: object }
}

export interface KeySchemaElement {
  readonly AttributeName?: string
  readonly KeyType?: string
}

export interface TableDescription {
  readonly TableStatus?: string
  readonly KeySchema?: readonly KeySchemaElement[]
  readonly AttributeDefinitions?: readonly { readonly AttributeName?: string; readonly AttributeType?: string }[]
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName?: string
    readonly IndexStatus?: string
    readonly KeySchema?: readonly KeySchemaElement[]
  }[]
}

export type OperationName = keyof DynamoOperations
export type InputOf<Name extends OperationName> = DynamoOperations[Name]['input']
export type OutputOf<Name extends OperationName> = DynamoOperations[Name]['output']

/**
 * One request to DynamoDB and its answer. The stores choose what to send, when to repeat it and what a refusal means; a transport only carries.
 *
 * @see sdkTransport
 * @see leanTransport
 */
export interface DynamoTransport {
  /**
   * Sends one operation. Settles within `timeoutMs`, connecting and credentials included. Repeats by itself at most what never reached DynamoDB or changes nothing there.
   *
   * @throws DynamoError for every failure, and nothing else.
   */
  call<Name extends OperationName>(operation: Name, input: InputOf<Name>, options: { readonly timeoutMs: number }): Promise<OutputOf<Name>>
  /** Frees the connections. Twice: the same. */
  close(): void
}
