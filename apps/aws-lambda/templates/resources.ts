import { tableDefinition } from '@sallyport/store-dynamodb'
import { POSTS_TABLE } from '../src/posts-table.ts'
import type { Tree } from './yaml.ts'

/** The functions of the deployment, each with a role and a log group of its own. */
export const FUNCTION_NAMES = ['api', 'authorizer', 'posts'] as const
export type FunctionName = (typeof FUNCTION_NAMES)[number]

/** Of what packages/stores/dynamodb/README.md names all but the list of users, which no request asks for: `BatchGetItem`, and `Query` on the index. */
const API_ACTIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query', 'BatchWriteItem']
/**
 * Of the users table the partitions of sessions, which is all that a check reads: not the users with the hashes of their passwords, and no key. Where a request says no partition
 * (a whole scan, say), `ForAllValues` finds nothing to object to and would allow it, so `Null` demands that one is said.
 */
const OF_SESSIONS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['sessions#*'] }, Null: { 'dynamodb:LeadingKeys': 'false' } }
/** What src/posts-table.ts does. */
const POSTS_ACTIONS = ['Query', 'PutItem', 'DeleteItem']

/** `Api` for `api`: the beginning of the names of its resources. */
export function resourceName(name: FunctionName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** Both tools name functions after the stack, so that roles and gateways can name them before they are there. */
export function functionName(name: FunctionName): Tree {
  return { 'Fn::Sub': `\${AWS::StackName}-${name}` }
}

/** The tables, which outlive the stack, and for each function the role with what it needs and no more. */
export function resources(): { readonly [name: string]: Tree } {
  const { table, ttlAttribute, pointInTimeRecovery } = tableDefinition({ tableName: 'named-by-cloudformation' })
  const { TableName: _named, ...definition } = table
  const users = arnOf('UsersTable')
  const posts = arnOf('PostsTable')
  // In the session strategy the check of a credential is one read; in the jwt strategy only strict rules read.
  const check: Tree = { ...allow(['GetItem'], users), Condition: OF_SESSIONS }
  return {
    UsersTable: kept({
      ...definition,
      TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: pointInTimeRecovery },
    }),
    PostsTable: kept({ ...POSTS_TABLE, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
    ApiRole: role('api', [allow(API_ACTIONS, users)]),
    AuthorizerRole: role('authorizer', [check]),
    PostsRole: role('posts', [check, allow(POSTS_ACTIONS, posts)]),
  }
}

function arnOf(table: string): Tree {
  return { 'Fn::GetAtt': [table, 'Arn'] }
}

/** Interfaces have no index signature, and this is data through and through. */
function kept(properties: object): Tree {
  return { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: properties as Tree }
}

function allow(actions: readonly string[], resource: Tree): { readonly [name: string]: Tree } {
  return { Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: resource }
}

function role(name: FunctionName, statements: readonly Tree[]): Tree {
  const logs = {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${AWS::StackName}-${name}:*` },
  }
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement: [...statements, logs] } }],
    },
  }
}
