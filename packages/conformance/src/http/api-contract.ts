import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { KitRequest, KitResponse } from './kit-message.ts'

interface OpenApiOperation {
  readonly operationId: string
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: unknown } } }
}

interface OpenApiDocument {
  readonly openapi: string
  readonly paths: { readonly [path: string]: { readonly [method: string]: OpenApiOperation } }
}

/** The application's own description of itself, as the oracle for its answers. */
export interface ApiContract {
  /** Every operation as `[method, path template]`. */
  readonly operations: readonly (readonly [string, string])[]
  /** The answer's status is described for the operation, and its body fits the schema. Answers of paths that are not described must be refusals. */
  assertDescribed(request: KitRequest, response: KitResponse): void
}

const known = new Map<string, ApiContract>()

/** Reads an OpenAPI document. Throws an `AssertionError` when it is none. */
export function apiContract(text: string): ApiContract {
  const before = known.get(text)
  if (before !== undefined) return before
  const document = JSON.parse(text) as OpenApiDocument
  assert.match(document.openapi, /^3\.1\./)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'api')

  const contract: ApiContract = {
    operations: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method) => [method.toUpperCase(), path] as const),
    ),
    assertDescribed: (request, response) => {
      const path = templateOf(document, request.target.split('?')[0] ?? '')
      const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
      const operation = path === null ? undefined : document.paths[path]?.[method]
      if (path === null || operation === undefined) {
        assert.ok(
          response.status >= 400 || request.method === 'OPTIONS',
          `${request.method} ${request.target} is not described and answers ${response.status}`,
        )
        return
      }
      const status = operation.responses[response.status] === undefined ? 'default' : String(response.status)
      const described = operation.responses[status]
      assert.ok(described !== undefined, `${operation.operationId} answers ${response.status}, which is not described`)
      const types = Object.keys(described.content ?? {})
      if (request.method === 'HEAD' || types.length === 0) {
        assert.equal(response.body, '', `${operation.operationId} ${response.status} has a body`)
        return
      }
      const type = (response.headers['content-type'] ?? '').split(';')[0] ?? ''
      assert.ok(types.includes(type), `${operation.operationId} ${response.status} is ${type}, described is ${types.join(', ')}`)
      const pointer = ['paths', path, method, 'responses', status, 'content', type, 'schema'].map(escaped).join('/')
      const validate = ajv.getSchema(`api#/${pointer}`)
      assert.ok(validate !== undefined)
      assert.ok(validate(JSON.parse(response.body)), `${operation.operationId} ${response.status}: ${ajv.errorsText(validate.errors)}`)
    },
  }
  known.set(text, contract)
  return contract
}

function templateOf(document: OpenApiDocument, path: string): string | null {
  if (Object.hasOwn(document.paths, path)) return path
  const parts = path.split('/')
  const fits = (template: string): boolean => {
    const pattern = template.split('/')
    return pattern.length === parts.length && pattern.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== ''))
  }
  return Object.keys(document.paths).find(fits) ?? null
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
