import { readFileSync } from 'node:fs'
import { defaultLimits, routeTable } from '@sallyport/http'
import { describe, expect, test } from 'vitest'
import { gatewayFile } from './gateway-file.ts'
import { gatewayDocument } from './gateway.ts'
import { POSTS_ROUTES } from '@sallyport/sample-posts'

interface Operation {
  readonly operationId: string
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string }[]
  readonly 'x-google-backend': object
}
interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly securityDefinitions: { readonly sallyport: object }
}

const settings = { prefix: '/auth', transports: ['bearer', 'cookie'], limits: defaultLimits, signingAlgorithms: ['RS256'] } as const
const committed = readFileSync(new URL('../templates/gateway.json', import.meta.url), 'utf8')
const document = JSON.parse(committed) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
)

test('the committed gateway configuration is the generated one: npm run generate -w apps/google-cloud-functions', () => {
  expect(committed).toBe(gatewayFile())
})

describe('the gateway', () => {
  test('lets through the routes of the API, those of the function, preflights of both, and nothing else', () => {
    const routes = routeTable(settings)
    const declared = [...routes, ...POSTS_ROUTES].map(({ method, path }) => `${method} ${path}`)
    const preflights = new Set([...routes, ...POSTS_ROUTES].map(({ path }) => `OPTIONS ${path}`))
    expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([...declared, ...preflights].toSorted())
    expect(document).not.toHaveProperty('x-google-allow')
  })

  test('checks a token exactly where a rule of the function wants somebody who is signed in', () => {
    const checked = operations.filter(({ security }) => security !== undefined).map(({ method, path }) => `${method} ${path}`)
    const signedIn = POSTS_ROUTES.filter(({ rule }) => rule.access === 'signed-in').map(({ method, path }) => `${method} ${path}`)
    expect(checked.toSorted()).toEqual(signedIn.toSorted())
    expect(document.securityDefinitions.sallyport).toMatchObject({
      'x-google-issuer': '${PUBLIC_URL}',
      'x-google-jwks_uri': '${PUBLIC_URL}/.well-known/jwks.json',
      'x-google-audiences': 'sallyport',
    })
  })

  test('calls the posts function as itself, the API with the credential of the client, each with the path as it came', () => {
    for (const { path, 'x-google-backend': backend } of operations) {
      const expected = path.startsWith('/posts')
        ? { address: '${POSTS_URL}', jwt_audience: '${POSTS_URL}' }
        : { address: '${API_URL}', disable_auth: true }
      expect(backend).toEqual({ ...expected, path_translation: 'APPEND_PATH_TO_ADDRESS', deadline: 30 })
    }
  })

  test('has names that Google takes, each once, and declares every parameter of a path', () => {
    const names = operations.map(({ operationId }) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z]\w*$/)
    for (const { path, parameters = [] } of operations) {
      expect(parameters.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
    }
  })

  test('has an operation for every method of ANY that no row has for itself, preflights without a token, and each name once', () => {
    const rule = { access: 'signed-in' } as const
    const routes = [
      { method: 'ANY', path: '/things/{id}', rule },
      { method: 'GET', path: '/things/{id}', rule: { access: 'public' } },
      { method: 'GET', path: '/things/id', rule },
    ] as const
    const { paths } = gatewayDocument({ settings, audience: 'sallyport', protectedRoutes: routes }) as Document
    const checked = Object.entries(paths['/things/{id}'] ?? {}).map(([method, { security }]) => [method, security !== undefined])
    expect(Object.fromEntries(checked)).toEqual({ get: false, options: false, head: true, post: true, put: true, patch: true, delete: true })
    const names = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z]\w*$/)
  })

  test.each([[[]], [['ES256']], [['EdDSA']]])('is not made for tokens signed by %j, which it could not check', (signingAlgorithms) => {
    const options = { settings: { ...settings, signingAlgorithms }, audience: 'sallyport', protectedRoutes: POSTS_ROUTES }
    expect(() => gatewayDocument(options)).toThrow(/RS256/)
  })
})
