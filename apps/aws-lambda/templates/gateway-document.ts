import type { Front } from './functions.ts'
import type { FunctionName } from './resources.ts'
import { identitySourcesOf, type DeployedRoute } from './routes.ts'
import type { Tree } from './yaml.ts'

/**
 * The gateway as OpenAPI with the extensions of API Gateway. It names functions by the names they will have, because the functions have the address of the gateway in their
 * environment, and CloudFormation makes no circles.
 */
export function gatewayDocument(front: Front, routes: readonly DeployedRoute[], authorizerTtlSeconds: Tree): Tree {
  const paths: { [path: string]: { [method: string]: Tree } } = {}
  for (const route of routes) (paths[route.path] ??= {})[operationName(route)] = operation(front, route)
  return {
    openapi: '3.0.1',
    info: { title: { Ref: 'AWS::StackName' }, version: '1' },
    paths,
    components: { securitySchemes: { authorizer: authorizerOf(front, authorizerTtlSeconds) } },
  }
}

/** OpenAPI has a name for each method and none for all of them. */
function operationName({ method }: DeployedRoute): string {
  return method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase()
}

function operation(front: Front, { path, behind, authorizer }: DeployedRoute): Tree {
  const parameters = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(authorizer ? { security: [{ authorizer: [] }] } : {}),
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: invocation(behind),
      ...(front === 'http-api' ? { payloadFormatVersion: '2.0' } : {}),
    },
    // The answers of a proxy are the function's; there is nothing to map.
    responses: {},
  }
}

function authorizerOf(front: Front, ttlSeconds: Tree): Tree {
  const common = { authorizerUri: invocation('authorizer'), authorizerResultTtlInSeconds: ttlSeconds }
  const header = { type: 'apiKey', name: 'Authorization', in: 'header' }
  if (front === 'rest-api') {
    // For a TOKEN authorizer the header itself is the identity source.
    return { ...header, 'x-amazon-apigateway-authtype': 'custom', 'x-amazon-apigateway-authorizer': { type: 'token', ...common } }
  }
  const identitySource = identitySourcesOf(front).join(', ')
  const answers = { authorizerPayloadFormatVersion: '2.0', enableSimpleResponses: true }
  return { ...header, 'x-amazon-apigateway-authorizer': { type: 'request', ...common, identitySource, ...answers } }
}

function invocation(name: FunctionName): Tree {
  const lambda = `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:\${AWS::StackName}-${name}`
  return { 'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${lambda}/invocations` }
}
