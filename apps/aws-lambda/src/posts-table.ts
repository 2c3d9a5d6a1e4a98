import { StoreUnavailableError } from '@sallyport/core'
import { POSTS_PAGE, type Post, type PostStore } from '@sallyport/sample-posts'
import { DynamoError, type DynamoTransport, type Item } from '@sallyport/store-dynamodb'

/** What `AWS::DynamoDB::Table` and CreateTable take: one partition, in it the posts by id. */
export const POSTS_TABLE = {
  AttributeDefinitions: [
    { AttributeName: 'list', AttributeType: 'S' },
    { AttributeName: 'id', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'list', KeyType: 'HASH' },
    { AttributeName: 'id', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
} as const

const IN_TIME = { timeoutMs: 2000 }

/** Posts in a table of their own, by ids that rise from the newest to the oldest, so that the order of the keys is that of the list. */
export function postsTable({ transport, tableName }: { readonly transport: DynamoTransport; readonly tableName: string }): PostStore {
  const keyOf = (id: string): Item => ({ list: { S: 'posts' }, id: { S: id } })
  return {
    latest: () =>
      available(async () => {
        const { Items = [] } = await transport.call(
          'Query',
          {
            TableName: tableName,
            KeyConditionExpression: '#list = :list',
            ExpressionAttributeNames: { '#list': 'list' },
            ExpressionAttributeValues: { ':list': { S: 'posts' } },
            Limit: POSTS_PAGE,
          },
          IN_TIME,
        )
        return Items.map(postOf)
      }),
    add: (post) =>
      available(async () => {
        await transport.call('PutItem', { TableName: tableName, Item: { ...keyOf(post.id), post: { S: JSON.stringify(post) } } }, IN_TIME)
      }),
    remove: (id) =>
      available(async () => {
        try {
          await transport.call('DeleteItem', { TableName: tableName, Key: keyOf(id), ConditionExpression: 'attribute_exists(id)' }, IN_TIME)
          return true
        } catch (error) {
          if (error instanceof DynamoError && error.type === 'ConditionalCheckFailedException') return false
          throw error
        }
      }),
  }
}

function postOf({ post }: Item): Post {
  return JSON.parse(post !== undefined && 'S' in post ? post.S : '') as Post
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new StoreUnavailableError('The posts cannot be reached.', { cause })
  }
}
