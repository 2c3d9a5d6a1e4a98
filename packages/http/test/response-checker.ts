import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import type { HttpApplication, HttpResponse } from '../src/index.ts'

interface Documented {
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: object } } } }
}
interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Documented } }
  readonly components: object
}

/** Fails the test when a response is not one that the OpenAPI document has for its operation. What the router itself refuses must be a problem document all the same. */
export function responseChecker({ openApi, routes }: HttpApplication): (method: string, path: string, response: HttpResponse) => void {
  const document = openApi() as Document
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
    if (status >= 400) expect(headers['content-type'], `${method} ${path} ${status}`).toBe('application/problem+json; charset=utf-8')
    if (method === 'OPTIONS' || method === 'HEAD') return expect(body).toBe(method === 'HEAD' || status === 204 ? '' : body)
    const documented = route === undefined ? undefined : document.paths[route.path]?.[verb.toLowerCase()]?.responses[String(status)]
    if (route === undefined) {
      const problem = ajv.getSchema('api#/components/schemas/Problem')
      expect(problem?.(JSON.parse(body)), `${method} ${path} ${status} ${body}`).toBe(true)
      return undefined
    }
    expect(documented, `${method} ${route.path} does not document ${status}: ${body}`).toBeDefined()
    const [type = '', content] = Object.entries(documented?.content ?? {})[0] ?? []
    if (content === undefined) return expect(body).toBe('')
    expect(headers['content-type']?.startsWith(type)).toBe(true)
    const validate = validator(`${verb} ${route.path} ${status}`, content.schema)
    const valid = validate(JSON.parse(body))
    expect(valid, `${method} ${path} ${status} ${body} ${JSON.stringify(validate.errors)}`).toBe(true)
    return undefined
  }
}

function matches(pattern: string, path: string): boolean {
  const brace = pattern.indexOf('{')
  return brace < 0 ? pattern === path : path.startsWith(pattern.slice(0, brace)) && /^[A-Za-z0-9_-]{1,128}$/.test(path.slice(brace))
}
