import type { HttpApiAuthorizerEvent, HttpApiEvent, TokenAuthorizerEvent } from '@sallyport/platform-aws-lambda'

export interface ApiEventInit {
  readonly token?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Of the route, where the path alone does not say it: `/posts/{id}`. */
  readonly template?: string
  /** What the authorizer has said, as an HTTP API hands it on. */
  readonly context?: object
}

/** As an HTTP API sends `GET /path` to the function behind, payload 2.0. */
export function apiEvent(target: string, { token, json, headers = {}, template, context }: ApiEventInit = {}): HttpApiEvent {
  const [method = '', path = ''] = target.split(' ')
  return {
    version: '2.0',
    routeKey: `${method} ${template ?? path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {
      host: 'auth.example.com',
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    isBase64Encoded: false,
    requestContext: {
      stage: '$default',
      domainName: 'auth.example.com',
      requestId: 'request-1',
      http: { method, sourceIp: '203.0.113.7' },
      ...(context === undefined ? {} : { authorizer: { lambda: context } }),
    },
  }
}

/** As an HTTP API asks its authorizer, payload 2.0, with the identity sources of the template. */
export function httpAuthorizerEvent(routeKey: string, path: string, token: string): HttpApiAuthorizerEvent {
  const [method = ''] = routeKey.split(' ')
  const authorization = `Bearer ${token}`
  return {
    ...apiEvent(`${method.startsWith('$') ? 'GET' : method} ${path}`),
    type: 'REQUEST',
    routeKey,
    routeArn: `arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/$default/${method}${path}`,
    headers: { host: 'auth.example.com', authorization },
    identitySource: [authorization, routeKey],
  }
}

/** As a REST API asks its authorizer of the type TOKEN. */
export function tokenAuthorizerEvent(methodArn: string, authorizationToken: string): TokenAuthorizerEvent {
  return { type: 'TOKEN', methodArn, authorizationToken }
}
