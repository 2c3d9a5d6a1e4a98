import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { ACCESS_COOKIE, REFRESH_COOKIE } from './cookies.ts'
import { problems, problemType, type ProblemCode } from './problems.ts'
import { problemsOf, type Route } from './route.ts'
import type { Schema } from './schema.ts'
import type { HttpSettings } from './settings.ts'

type Json = { readonly [name: string]: unknown }

/** OpenAPI 3.1 from the route table; nothing in it is written twice. */
export function openApiDocument(routes: readonly Route[], settings: Pick<HttpSettings, 'publicUrl' | 'transports' | 'version'>): object {
  const paths = Map.groupBy(routes, (route) => route.path)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport',
      summary: 'Authentication: accounts, sign-in, sessions.',
      version: settings.version,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: settings.publicUrl.replace(/\/$/, '') }],
    paths: Object.fromEntries(
      [...paths].map(([path, sharing]) => [
        path,
        Object.fromEntries(sharing.map((route) => [route.method.toLowerCase(), operation(route, settings)])),
      ]),
    ),
    components: { securitySchemes: securitySchemes(settings), schemas: { Problem: PROBLEM } },
  }
}

function operation(route: Route, settings: Pick<HttpSettings, 'transports'>): Json {
  const { input } = route
  const parameters = [...pathParameters(route), ...queryParameters(input.query)]
  return {
    operationId: route.operationId,
    summary: route.summary,
    security: security(route, settings),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(input.body === null
      ? {}
      : { requestBody: { required: input.body.required, content: { 'application/json': { schema: jsonSchema(input.body.schema, 'input') } } } }),
    responses: { [route.output.status]: success(route), ...problemResponses(route) },
  }
}

function pathParameters({ input }: Route): Json[] {
  if (input.parameter === null) return []
  return [{ name: input.parameter, in: 'path', required: true, schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,128}$' } }]
}

function queryParameters(query: Schema<unknown> | null): Json[] {
  const properties = query === null ? {} : (jsonSchema(query, 'input').properties ?? {})
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
}

function success({ output, limits, cookies }: Route): Json {
  const headers = {
    ...(limits.length === 0 ? {} : LIMIT_HEADERS),
    ...(cookies === 'none' ? {} : { 'Set-Cookie': header(`In the cookie transport: \`${ACCESS_COOKIE}\` and \`${REFRESH_COOKIE}\`, one line each`) }),
  }
  return {
    description: output.description,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(output.schema === null ? {} : { content: { 'application/json': { schema: jsonSchema(output.schema, 'output') } } }),
  }
}

function problemResponses(route: Route): Json {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problems[code].status)
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, problemResponse(status, codes, route.limits.length > 0)]))
}

function problemResponse(status: number, codes: readonly ProblemCode[], limited: boolean): Json {
  const headers = {
    ...(status === 401 ? { 'WWW-Authenticate': header('The challenge of RFC 6750') } : {}),
    ...(status === 429 || status === 503 ? { 'Retry-After': header('Seconds', 'integer') } : {}),
    ...(status === 429 && limited ? LIMIT_HEADERS : {}),
  }
  const types = { type: 'object', properties: { type: { enum: codes.map(problemType) }, status: { const: status } } }
  return {
    description: codes.map((code) => problems[code].title).join('; '),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: { 'application/problem+json': { schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, types] } } },
  }
}

function header(description: string, type = 'string'): Json {
  return { description, schema: { type } }
}

const LIMIT_HEADERS: Json = {
  RateLimit: header('What remains of the tightest limit (draft-ietf-httpapi-ratelimit-headers)'),
  'RateLimit-Policy': header('The limits of this route'),
}

function security({ credential }: Route, { transports }: Pick<HttpSettings, 'transports'>): Json[] {
  const names = {
    none: [],
    access: ['bearer', 'accessCookie'],
    refresh: ['bearer', 'accessCookie', 'refreshCookie'],
    any: ['bearer', 'accessCookie', 'refreshCookie'],
  }[credential]
  const schemes = names.filter((name) => transports.includes(name === 'bearer' ? 'bearer' : 'cookie')).map((name) => ({ [name]: [] }))
  // A refresh token may also stand in the body, which is no security scheme.
  return credential === 'refresh' || credential === 'any' ? [...schemes, {}] : schemes
}

function securitySchemes({ transports }: Pick<HttpSettings, 'transports'>): Json {
  const cookie = (name: string): Json => ({ type: 'apiKey', in: 'cookie', name })
  return {
    ...(transports.includes('bearer') ? { bearer: { type: 'http', scheme: 'bearer' } } : {}),
    ...(transports.includes('cookie') ? { accessCookie: cookie(ACCESS_COOKIE), refreshCookie: cookie(REFRESH_COOKIE) } : {}),
  }
}

/** What JSON Schema cannot say of a check, its message says as description. */
function jsonSchema(schema: Schema<unknown>, typeMode: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...converted } = toJsonSchema(schema, {
    typeMode,
    target: 'draft-2020-12',
    overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'custom' ? { type: 'object' } : undefined),
    overrideAction: ({ valibotAction, jsonSchema: before }) => {
      if (valibotAction.type !== 'check' || !('message' in valibotAction) || typeof valibotAction.message !== 'string') return undefined
      return { ...before, description: before.description === undefined ? valibotAction.message : `${before.description} ${valibotAction.message}` }
    },
  })
  return converted
}

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    reason: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: { pointer: { type: 'string' }, parameter: { type: 'string' }, detail: { type: 'string' } },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
}
