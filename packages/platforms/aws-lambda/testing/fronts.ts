import type { KitRequest, KitResponse } from '@sallyport/conformance'
import { splitTarget, textBody, toLists, type Lines } from './front-parts.ts'

/** What stands in front of a function: makes events as AWS documents them, and reads answers as it does. */
export interface Front {
  readonly name: string
  event(request: KitRequest, options?: FrontOptions): object
  read(result: unknown): KitResponse
}

export interface FrontOptions {
  /** The template of the route that the gateway has chosen. The one that takes everything when left out. */
  readonly template?: string
  readonly stage?: string
  readonly domainName?: string
  /** In front of the path, by the mapping of a custom domain. HTTP APIs do not tell it. */
  readonly basePath?: string
  /** The context of a Lambda authorizer. */
  readonly authorizer?: object
}

export const SOURCE_IP = '203.0.113.7'
const OWN_DOMAIN = 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com'
const REQUEST_ID = 'JKJaXmPLvHcESHA='

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export const restApi: Front = {
  name: 'API Gateway REST API',
  event: ({ method, target, headers, body }, { template = '/{proxy+}', stage = 'prod', domainName = OWN_DOMAIN, basePath = '', authorizer } = {}) => {
    const { path, query } = splitTarget(target)
    const lists = { Host: [domainName], 'X-Forwarded-For': [SOURCE_IP], 'X-Forwarded-Proto': ['https'], ...toLists(headers, capitalised) }
    const values = decodedQuery(query)
    return {
      resource: template,
      path: `${basePath}${path}`,
      httpMethod: method,
      headers: lastOf(lists),
      multiValueHeaders: lists,
      queryStringParameters: values === null ? null : lastOf(values),
      multiValueQueryStringParameters: values,
      pathParameters: template === '/{proxy+}' ? { proxy: path.slice(1) } : null,
      stageVariables: null,
      requestContext: {
        accountId: '123456789012',
        apiId: 'a1b2c3d4e5',
        domainName,
        domainPrefix: domainName.split('.')[0],
        extendedRequestId: 'Z1',
        httpMethod: method,
        identity: { accessKey: null, accountId: null, sourceIp: SOURCE_IP, userAgent: 'kit' },
        path: domainName === OWN_DOMAIN ? `/${stage}${path}` : `${basePath}${path}`,
        protocol: 'HTTP/1.1',
        requestId: REQUEST_ID,
        requestTimeEpoch: 1_800_000_000_000,
        resourceId: 'abc123',
        resourcePath: template,
        stage,
        ...(authorizer === undefined ? {} : { authorizer }),
      },
      ...textBody(body, headers, () => false),
    }
  },
  read: (result) => {
    const { statusCode, headers, multiValueHeaders = {}, body } = result as Answer
    return seen(statusCode, toLists({ ...toLists(headers), ...toLists(multiValueHeaders) }, remapped), [], body)
  },
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, payload 2.0. Paths stay encoded here; see the tests on paths. */
export const httpApi: Front = {
  name: 'API Gateway HTTP API',
  event: (request, options) => v2Event(request, { stage: '$default', domainName: OWN_DOMAIN, ...options }),
  read: readV2,
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
export const functionUrl: Front = {
  name: 'function URL',
  event: (request, options) => v2Event(request, { ...options, stage: '$default', domainName: 'abcdefghij.lambda-url.eu-central-1.on.aws' }),
  read: readV2,
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html, with multi-value headers. */
export const albMulti: Front = {
  name: 'ALB with multi-value headers',
  event: (request) => {
    const { lists, query, rest } = albParts(request)
    return { ...rest, multiValueHeaders: lists, multiValueQueryStringParameters: query }
  },
  read: (result) => {
    const { statusCode, statusDescription, multiValueHeaders = {}, body } = result as Answer
    return albSeen(statusCode, statusDescription, toLists(multiValueHeaders), body)
  },
}

/** The default of target groups: of everything that comes several times the last one is left. */
export const albSingle: Front = {
  name: 'ALB without multi-value headers',
  event: (request) => {
    const { lists, query, rest } = albParts(request)
    return { ...rest, headers: lastOf(lists), queryStringParameters: lastOf(query) }
  },
  read: (result) => {
    const { statusCode, statusDescription, headers, body } = result as Answer
    return albSeen(statusCode, statusDescription, toLists(headers), body)
  },
}

interface Answer {
  readonly statusCode: number
  readonly statusDescription?: string
  readonly headers: { readonly [name: string]: string }
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] }
  readonly cookies?: readonly string[]
  readonly body: string
}

function v2Event(
  { method, target, headers, body }: KitRequest,
  options: FrontOptions & { readonly stage: string; readonly domainName: string },
): object {
  const { template, stage, domainName, authorizer } = options
  const { path, query } = splitTarget(target)
  // On custom domains too, and without the base path of their mapping: https://github.com/CodeGenieApp/serverless-express/issues/465
  const rawPath = `${stage === '$default' ? '' : `/${stage}`}${path}`
  const { cookie = [], ...lists } = toLists(headers)
  const cookies = cookie.flatMap((line) => line.split(/; ?/)).filter((pair) => pair !== '')
  const joined = Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.join(',')]))
  return {
    version: '2.0',
    routeKey: template === undefined ? '$default' : `${method} ${template}`,
    rawPath,
    rawQueryString: query,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: { host: domainName, 'x-forwarded-for': SOURCE_IP, 'x-forwarded-proto': 'https', ...joined },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: SOURCE_IP, userAgent: 'kit' },
      requestId: REQUEST_ID,
      routeKey: template === undefined ? '$default' : `${method} ${template}`,
      stage,
      timeEpoch: 1_800_000_000_000,
      ...(authorizer === undefined ? {} : { authorizer: { lambda: authorizer } }),
    },
    ...textBody(body, headers, (type) => !/^(?:text\/|application\/(?:json|javascript|xml)\b)/i.test(type)),
  }
}

function readV2(result: unknown): KitResponse {
  const { statusCode, headers, cookies = [], body } = result as Answer
  return seen(statusCode, toLists(headers), cookies, body)
}

function albParts({ method, target, headers, body }: KitRequest): { readonly lists: Lines; readonly query: Lines; readonly rest: object } {
  const { path, query } = splitTarget(target)
  const sent = toLists(headers)
  const forwarded = [...(sent['x-forwarded-for'] ?? []), SOURCE_IP].join(', ')
  const values = Object.create(null) as Record<string, string[]>
  for (const part of query === '' ? [] : query.split('&')) {
    const [name = '', ...value] = part.split('=')
    ;(values[name] ??= []).push(value.join('='))
  }
  return {
    lists: { host: ['lb.example.com'], 'x-amzn-trace-id': ['Root=1-5c536348-3d683b8b04734faae651f476'], ...sent, 'x-forwarded-for': [forwarded] },
    query: values,
    rest: {
      requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/kit/49e9d65c45c6791a' } },
      httpMethod: method,
      path,
      ...textBody(body, headers, (type) => !/^(?:text\/|application\/(?:json|javascript|xml)\b)/i.test(type), ''),
    },
  }
}

function albSeen(status: number, description: string | undefined, lists: Lines, body: string): KitResponse {
  if (!new RegExp(`^${status} [A-Z]`).test(description ?? '')) throw new Error(`ALB needs a statusDescription, not ${description}`)
  return seen(status, lists, [], body)
}

function seen(status: number, lists: Lines, cookies: readonly string[], body: string): KitResponse {
  const { 'set-cookie': lines = [], ...others } = lists
  return {
    status,
    headers: Object.fromEntries(Object.entries(others).map(([name, values]) => [name, values.join(', ')])),
    cookies: [...cookies, ...lines],
    body,
  }
}

function lastOf(lists: Lines): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? '']))
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis */
function remapped(name: string): string {
  return name === 'www-authenticate' ? 'x-amzn-remapped-www-authenticate' : name
}

function capitalised(name: string): string {
  return name.replaceAll(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/** Names and values decoded once, an escape that is none left as it is; `null` for none. */
function decodedQuery(query: string): Lines | null {
  if (query === '') return null
  const values = Object.create(null) as Record<string, string[]>
  for (const [name, value] of new URLSearchParams(query)) (values[name] ??= []).push(value)
  return values
}
