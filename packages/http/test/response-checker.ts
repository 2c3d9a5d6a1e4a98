import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import type { HttpApplication, HttpResponse, Route } from '../src/index.ts'

interface Documented {
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: object } } } }
}
interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Documented } }
  readonly components: object
}

type CheckResponse = (method: string, path: string, response: HttpResponse) => void

/** Schemas take longer to compile than most tests to run. */
const checkers = new Map<string, CheckResponse>()

/** Fails the test when a response is not one that the OpenAPI document has for its operation. What the router itself refuses must be a problem document all the same. */
export async function responseChecker({ openApi, routes }: HttpApplication): Promise<CheckResponse> {
  const text = JSON.stringify(await openApi())
  const known = checkers.get(text)
  if (known !== undefined) return known
  const made = checkerOf(JSON.parse(text) as Document, routes)
  checkers.set(text, made)
  return made
}

function checkerOf(document: Document, routes: readonly Route[]): CheckResponse {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'api', components: document.components })
  const compiled = new Map<string, ValidateFunction>()
  const validator = (key: string, schema: object): ValidateFunction => {
    const known = compiled.get(key)
    if (known !== undefined) return known
    const made = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('#/components', 'api#/components')) as object)
    compiled.set(key, made)
    return made
  }

  return (method, path, response) => {
    const { status, headers, body } = response
    const verb = method === 'HEAD' ? 'GET' : method
    const route = routes.find((candidate) => candidate.method === verb && matches(candidate.path, path))
    const told = `${method} ${path} ${status} ${body}`
    if (status >= 400 && headers['content-type'] !== 'application/problem+json; charset=utf-8') expect.fail(`${told}: no problem document`)
    if (method === 'HEAD' || (method === 'OPTIONS' && status === 204)) return expect(body).toBe('')
    const schema = route === undefined ? PROBLEM : schemaOf(document.paths[route.path]?.[route.method.toLowerCase()], response)
    if (status === 204 && schema !== null) return expect(body).toBe('')
    if (schema === null) return expect.fail(`${told}: not in the OpenAPI document`)
    const validate = validator(`${route?.method} ${route?.path} ${status}`, schema)
    return validate(JSON.parse(body)) ? undefined : expect.fail(`${told}: ${JSON.stringify(validate.errors)}`)
  }
}

const PROBLEM = { $ref: '#/components/schemas/Problem' }

/** `null` where status and type are not documented together; the empty schema where there is no body. */
function schemaOf(documented: Documented | undefined, { status, headers }: HttpResponse): object | null {
  const response = documented?.responses[String(status)]
  const type = headers['content-type']?.split(';')[0]
  return type === undefined && response !== undefined && response.content === undefined ? {} : (response?.content?.[type ?? '']?.schema ?? null)
}

function matches(pattern: string, path: string): boolean {
  const brace = pattern.indexOf('{')
  return brace < 0 ? pattern === path : path.startsWith(pattern.slice(0, brace)) && /^[A-Za-z0-9_-]{1,128}$/.test(path.slice(brace))
}
