import { dynamodbSessions, dynamodbStores, type DynamoTransport } from '@sallyport/store-dynamodb'
import { describe, expect, it } from 'vitest'
import { scenarios } from '../../../packages/stores/dynamodb/testing/scenarios.ts'
import { FUNCTION_NAMES, resourceName, resources, type FunctionName } from './resources.ts'

interface Statement {
  readonly Effect: string
  readonly Action: readonly string[]
  readonly Resource: unknown
  readonly Condition?: {
    readonly 'ForAllValues:StringLike': { readonly 'dynamodb:LeadingKeys': readonly string[] }
    readonly Null: { readonly 'dynamodb:LeadingKeys': string }
  }
}

function statementsOf(name: FunctionName): readonly Statement[] {
  const role = resources()[`${resourceName(name)}Role`] as unknown as {
    readonly Properties: { readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[] }
  }
  return role.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

const onUsers = (name: FunctionName): readonly Statement[] =>
  statementsOf(name).filter(({ Resource }) => JSON.stringify(Resource).includes('UsersTable'))

/** As IAM judges (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html): a key that a request does not have satisfies `ForAllValues`. */
function allows(name: FunctionName, action: string, leadingKeys: readonly string[] | null): boolean {
  return onUsers(name).some(({ Effect, Action, Condition }) => {
    if (Effect !== 'Allow' || !Action.includes(`dynamodb:${action}`)) return false
    if (Condition === undefined) return true
    const patterns = Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys']
    const like = (key: string): boolean => patterns.some((pattern) => pattern.endsWith('*') && key.startsWith(pattern.slice(0, -1)))
    return (leadingKeys === null) === (Condition.Null['dynamodb:LeadingKeys'] === 'true') && (leadingKeys ?? []).every(like)
  })
}

/** Keeps what a store would read, and has nothing. */
function reading(): { readonly transport: DynamoTransport; readonly read: { readonly operation: string; readonly partition: string }[] } {
  const read: { operation: string; partition: string }[] = []
  const call: DynamoTransport['call'] = async (operation, input) => {
    read.push({ operation, partition: /"pk":\{"S":"([^"]*)"/.exec(JSON.stringify(input))?.[1] ?? '' })
    return {}
  }
  return { transport: { call, close: () => {} }, read }
}
const OPTIONS = { table: { tableName: 'users' }, clock: { now: () => 0 } }

describe.each(['authorizer', 'posts'] as const)('the role of %s', (name) => {
  it('lets it find any session there may be', async () => {
    const { transport, read } = reading()
    const sessions = dynamodbSessions({ transport, ...OPTIONS })
    for (const userId of ['ada', '', '#', '*', '~', 'x'.repeat(5000), '\ud800']) await sessions.find(userId, 'session')
    expect(read).toHaveLength(7)
    for (const { operation, partition } of read) expect(allows(name, operation, [partition]), partition).toBe(true)
  })

  it('lets it read no user, no password hash and no key, and nothing at once', async () => {
    const { transport, read } = reading()
    const { users } = dynamodbStores({ transport, ...OPTIONS })
    await users.find('ada')
    await users.findByIdentity('password:ada@example.com')
    await users.identities('ada')
    expect(read).toHaveLength(3)
    for (const { operation, partition } of [...read, { operation: 'GetItem', partition: 'keys#' }, { operation: 'GetItem', partition: 'tokens#ada' }])
      expect(allows(name, operation, [partition]), partition).toBe(false)
    expect(allows(name, 'GetItem', ['sessions#ada', 'user#ada'])).toBe(false)
    expect(allows(name, 'GetItem', null)).toBe(false)
  })

  it('lets it write nothing there', () => {
    expect(onUsers(name).flatMap(({ Action }) => Action)).toEqual(['dynamodb:GetItem'])
  })
})

it('the role of the API has what its requests to the store take, and nothing else: no list of users, so no index', () => {
  const asked = scenarios.filter((scenario) => scenario.name !== 'users.list').flatMap(({ requests }) => requests)
  const inTransactions = ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']
  const needed = new Set(asked.flatMap((each) => (each === 'TransactWriteItems' ? inTransactions : [each])))
  const [table, ...others] = onUsers('api')
  expect(table?.Resource).toEqual({ 'Fn::GetAtt': ['UsersTable', 'Arn'] })
  expect(table?.Action.toSorted()).toEqual([...needed].map((each) => `dynamodb:${each}`).toSorted())
  expect(others).toEqual([])
})

describe('every role', () => {
  it('names no action and no resource by a wildcard but the streams of the own log group', () => {
    for (const name of FUNCTION_NAMES) {
      const text = JSON.stringify(statementsOf(name).map(({ Action, Resource }) => [Action, Resource]))
      expect(text.match(/\*/g)).toHaveLength(1)
      expect(text).toContain(`log-group:/aws/lambda/\${AWS::StackName}-${name}:*`)
    }
  })

  it('has, besides tables, its log streams', () => {
    for (const name of FUNCTION_NAMES) {
      const others = statementsOf(name).filter(({ Resource }) => !JSON.stringify(Resource).includes('Table'))
      expect(others.map(({ Action }) => Action)).toEqual([['logs:CreateLogStream', 'logs:PutLogEvents']])
    }
  })
})
