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
import { FUNCTION_NAMES, resourceName, resources, type FunctionName } from './resources.ts'
import { deployedRoutes, identitySourcesOf, type DeployedRoute } from './routes.ts'
import type { Tree } from './yaml.ts'

/** Where build.ts puts the functions. */
const CODE = 'dist/functions'

/** osls fills in what stands in `${…}` and begins with a small letter; the rest is CloudFormation's. */
const VALUES: Values = {
  strategy: '${param:strategy}',
  publicUrl: '${param:publicUrl, self:custom.ownUrl}',
  authorizerTtlSeconds: '${param:authorizerTtlSeconds}',
  maxRevocationSeconds: '${param:maxRevocationSeconds}',
  allowedOrigins: '${param:allowedOrigins}',
  hostedIssuers: '${param:hostedIssuers}',
  secret: (name) => `{{resolve:secretsmanager:\${param:secretName}:SecretString:${name}}}`,
}

/** The service of osls, from the folder of the app. */
export function serverlessFile(front: Front, routes: readonly DeployedRoute[] = deployedRoutes()): { readonly [name: string]: Tree } {
  return {
    service: front === 'http-api' ? 'sallyport' : 'sallyport-rest',
    frameworkVersion: '^4.3.1',
    // No secret has a default: whoever deploys says where theirs are.
    params: {
      default: {
        strategy: DEFAULT_STRATEGY,
        authorizerTtlSeconds: DEFAULT_TTL_SECONDS,
        maxRevocationSeconds: DEFAULT_MAX_REVOCATION_SECONDS,
        allowedOrigins: '',
        hostedIssuers: '',
      },
    },
    custom: { ownUrl: ownUrl(front) },
    provider: {
      name: 'aws',
      runtime: 'nodejs24.x',
      architecture: 'arm64',
      region: '${opt:region, env:AWS_REGION, "eu-central-1"}',
      stage: '${opt:stage, "dev"}',
      logRetentionInDays: LOG_RETENTION_DAYS,
      // A version would keep the secrets of its day.
      versionFunctions: false,
      ...gateway(front),
    },
    package: { individually: true, patterns: ['!**'] },
    functions: Object.fromEntries(FUNCTION_NAMES.map((name) => [name, functionOf(name, front, routes)])),
    resources: {
      Resources: resources(),
      Outputs: {
        PublicUrl: { Value: ownUrl(front) },
        UsersTableName: { Value: { Ref: 'UsersTable' } },
        PostsTableName: { Value: { Ref: 'PostsTable' } },
      },
    },
  }
}

function ownUrl(front: Front): Tree {
  const domain = 'execute-api.${AWS::Region}.${AWS::URLSuffix}'
  return { 'Fn::Sub': front === 'http-api' ? `https://\${HttpApi}.${domain}` : `https://\${ApiGatewayRestApi}.${domain}/\${sls:stage}` }
}

function gateway(front: Front): { readonly [name: string]: Tree } {
  if (front === 'rest-api') return { endpointType: 'REGIONAL' }
  const authorizer = {
    type: 'request',
    functionName: 'authorizer',
    identitySource: identitySourcesOf(front),
    resultTtlInSeconds: '${param:authorizerTtlSeconds}',
    enableSimpleResponses: true,
    payloadVersion: '2.0',
  }
  return { httpApi: { authorizers: { authorizer } } }
}

function functionOf(name: FunctionName, front: Front, routes: readonly DeployedRoute[]): Tree {
  const events = routes.filter(({ behind }) => behind === name).map((route) => (front === 'http-api' ? httpEvent(route) : restEvent(route)))
  const { memory, timeoutSeconds } = SIZES[name]
  return {
    handler: `${CODE}/${name}/${name === 'authorizer' ? authorizerModule('${param:strategy}', front) : 'index'}.handler`,
    role: `${resourceName(name)}Role`,
    memorySize: memory,
    timeout: timeoutSeconds,
    package: { patterns: [`${CODE}/${name}/**`] },
    environment: environmentOf(name, front, VALUES),
    ...(events.length === 0 ? {} : { events }),
  }
}

function httpEvent({ method, path, authorizer }: DeployedRoute): Tree {
  return { httpApi: { method, path, ...(authorizer ? { authorizer: { name: 'authorizer' } } : {}) } }
}

function restEvent({ method, path, authorizer }: DeployedRoute): Tree {
  const [identitySource = ''] = identitySourcesOf('rest-api')
  const checked = { name: 'authorizer', type: 'token', identitySource, resultTtlInSeconds: '${param:authorizerTtlSeconds}' }
  return { http: { method, path, ...(authorizer ? { authorizer: checked } : {}) } }
}
