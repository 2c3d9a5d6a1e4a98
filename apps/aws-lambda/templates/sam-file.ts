import {
  authorizerModule,
  DEFAULT_MAX_REVOCATION_SECONDS,
  DEFAULT_STRATEGY,
  DEFAULT_TTL_SECONDS,
  environmentOf,
  LOG_RETENTION_DAYS,
  SIZES,
  type Front,
  type Values,
} from './functions.ts'
import { gatewayDocument } from './gateway-document.ts'
import { functionName, FUNCTION_NAMES, resourceName, resources, type FunctionName } from './resources.ts'
import { deployedRoutes, type DeployedRoute } from './routes.ts'
import type { Tree } from './yaml.ts'

const GATEWAY = 'Gateway'
const STAGE = { 'http-api': '$default', 'rest-api': 'v1' } as const

/** For SAM; what `aws cloudformation package` makes of it CloudFormation takes too. */
export function samFile(front: Front, routes: readonly DeployedRoute[] = deployedRoutes()): { readonly [name: string]: Tree } {
  const values: Values = {
    strategy: { Ref: 'Strategy' },
    publicUrl: { 'Fn::If': ['OwnAddress', ownUrl(front), { Ref: 'PublicUrl' }] },
    authorizerTtlSeconds: { Ref: 'AuthorizerTtlSeconds' },
    maxRevocationSeconds: { Ref: 'MaxRevocationSeconds' },
    allowedOrigins: { Ref: 'AllowedOrigins' },
    hostedIssuers: { Ref: 'HostedIssuers' },
    secret: (name) => ({ 'Fn::Sub': `{{resolve:secretsmanager:\${SecretName}:SecretString:${name}}}` }),
  }
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Description: 'Sallyport: the API, an authorizer and a protected function',
    Parameters: {
      SecretName: {
        Type: 'String',
        Description: 'The secret in Secrets Manager whose members are the secrets of the API',
        AllowedPattern: '[A-Za-z0-9/_+=.@-]+',
      },
      Strategy: { Type: 'String', AllowedValues: ['jwt', 'session'], Default: DEFAULT_STRATEGY, Description: 'What travels on each request' },
      PublicUrl: {
        Type: 'String',
        Default: '',
        AllowedPattern: '(https://[^/?#]+(/[^?#]*[^/?#])?)?',
        Description: 'Where clients reach the API when it has a domain of its own; empty for the address of the gateway',
      },
      AuthorizerTtlSeconds: {
        Type: 'Number',
        MinValue: 0,
        MaxValue: 3600,
        Default: DEFAULT_TTL_SECONDS,
        Description: 'How long the gateway keeps a verdict; goes into the revocation bound',
      },
      MaxRevocationSeconds: {
        Type: 'Number',
        MinValue: 0,
        MaxValue: 86_400,
        Default: DEFAULT_MAX_REVOCATION_SECONDS,
        Description: 'For how long an ended session may be accepted somewhere; functions whose bound is above it do not start',
      },
      AllowedOrigins: { Type: 'String', Default: '', Description: 'Origins of browser applications, separated by commas' },
      HostedIssuers: {
        Type: 'String',
        Default: '',
        Description: 'Hosted services whose tokens are accepted beside ours, a JSON list (docs/hosted-issuers.md)',
      },
    },
    Conditions: { OwnAddress: { 'Fn::Equals': [{ Ref: 'PublicUrl' }, ''] } },
    Globals: { Function: { Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' } },
    Resources: {
      ...resources(),
      ...Object.fromEntries(FUNCTION_NAMES.flatMap((name) => functionResources(name, front, values))),
      [GATEWAY]: gatewayResource(front, routes),
    },
    Outputs: {
      PublicUrl: { Value: values.publicUrl },
      UsersTableName: { Value: { Ref: 'UsersTable' } },
      PostsTableName: { Value: { Ref: 'PostsTable' } },
    },
  }
}

function ownUrl(front: Front): Tree {
  const domain = `https://\${${GATEWAY}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`
  return { 'Fn::Sub': front === 'http-api' ? domain : `${domain}/${STAGE[front]}` }
}

function gatewayResource(front: Front, routes: readonly DeployedRoute[]): Tree {
  const DefinitionBody = gatewayDocument(front, routes, { Ref: 'AuthorizerTtlSeconds' })
  return front === 'http-api'
    ? { Type: 'AWS::Serverless::HttpApi', Properties: { StageName: STAGE[front], DefinitionBody } }
    : {
        Type: 'AWS::Serverless::Api',
        Properties: {
          StageName: STAGE[front],
          // A second stage, which SAM makes of its own where this is left out, would be a second way in.
          OpenApiVersion: '3.0.1',
          EndpointConfiguration: { Type: 'REGIONAL' },
          // A stage serves a deployment, and SAM makes a new one when this text changes: of a parameter it sees the name alone, and another life of verdicts would never be in force.
          AlwaysDeploy: true,
          DefinitionBody,
        },
      }
}

function functionResources(name: FunctionName, front: Front, values: Values): readonly (readonly [string, Tree])[] {
  const id = resourceName(name)
  const { memory, timeoutSeconds } = SIZES[name]
  const from = name === 'authorizer' ? 'authorizers/*' : '*'
  return [
    [
      `${id}Function`,
      {
        Type: 'AWS::Serverless::Function',
        Properties: {
          FunctionName: functionName(name),
          CodeUri: `../dist/functions/${name}`,
          ...(name === 'authorizer' ? { Handler: { 'Fn::Sub': `${authorizerModule('${Strategy}', front)}.handler` } } : {}),
          Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
          MemorySize: memory,
          Timeout: timeoutSeconds,
          LoggingConfig: { LogGroup: { Ref: `${id}Logs` } },
          Environment: { Variables: environmentOf(name, front, values) },
        },
      },
    ],
    [
      `${id}Logs`,
      {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
        Properties: { LogGroupName: { 'Fn::Sub': `/aws/lambda/\${AWS::StackName}-${name}` }, RetentionInDays: LOG_RETENTION_DAYS },
      },
    ],
    [
      `${id}Permission`,
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { Ref: `${id}Function` },
          Principal: 'apigateway.amazonaws.com',
          SourceArn: { 'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${GATEWAY}}/${from}` },
        },
      },
    ],
  ]
}
