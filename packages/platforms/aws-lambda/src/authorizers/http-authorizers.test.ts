import { ConfigurationError, type Rule, type SignedInRule } from '@sallyport/core'
import { vouchedIn, type ProtectedRoute } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { guardParts, principal, revocation } from '../../testing/guard-parts.ts'
import { iamAllows } from '../../testing/iam.ts'
import type { HttpApiAuthorizerEvent, RequestAuthorizerEvent } from './gateway-events.ts'
import { httpPolicyAuthorizer } from './http-policy-authorizer.ts'
import { httpSimpleAuthorizer } from './http-simple-authorizer.ts'

const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/$default'
const CALL = { awsRequestId: 'call-1' }
const signedIn: Rule = { access: 'signed-in' }
const routes: readonly ProtectedRoute[] = [
  { method: 'GET', path: '/posts', rule: { access: 'public' } },
  { method: 'POST', path: '/posts', rule: signedIn },
  { method: 'GET', path: '/posts/{id}', rule: signedIn },
  { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
]
const alike: readonly ProtectedRoute[] = routes.filter(({ rule }) => rule === signedIn)

function options(changes: { readonly routes?: readonly ProtectedRoute[]; readonly ttlSeconds?: number; readonly basePath?: string } = {}) {
  const parts = guardParts({ ada: principal('ada', ['editor']), bob: principal('bob') })
  return { ...parts, routes, ttlSeconds: 0, recheckedBehind: false, undeclaredPaths: 'denied', revocation, ...changes } as const
}

function event(routeKey: string, changes: Partial<HttpApiAuthorizerEvent> & { readonly method?: string } = {}): HttpApiAuthorizerEvent {
  const [first = 'GET', template = '/'] = routeKey.split(' ')
  const rawPath = changes.rawPath ?? template.replace('{id}', '7')
  const method = changes.method ?? first
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${STAGE}/${method}${rawPath}`,
    routeKey,
    rawPath,
    rawQueryString: '',
    headers: { authorization: 'Bearer bob' },
    identitySource: ['Bearer bob'],
    requestContext: { http: { method } },
    ...changes,
  }
}

describe('an authorizer of an HTTP API with simple answers', () => {
  it('says yes with a context from which the principal can be read, and no without', async () => {
    const authorizer = httpSimpleAuthorizer(options())
    const yes = await authorizer(event('POST /posts'), CALL)
    expect(yes.isAuthorized).toBe(true)
    expect(vouchedIn(yes.context)?.principal.userId).toBe('bob')
    expect(await authorizer(event('DELETE /posts/{id}'), CALL)).toEqual({ isAuthorized: false, context: {} })
    expect(await authorizer(event('POST /posts', { headers: {} }), CALL)).toEqual({ isAuthorized: false, context: {} })
    expect(await authorizer(event('GET /posts', { headers: {} }), CALL)).toEqual({ isAuthorized: true, context: {} })
  })

  it.each<[string, HttpApiAuthorizerEvent]>([
    ['a slash at the end of the path', event('GET /posts/{id}', { rawPath: '/posts/7/' })],
    ['a slash at the end of a public path', event('GET /posts', { rawPath: '/posts/' })],
    ['the route that takes all', event('$default', { rawPath: '/posts', method: 'POST' })],
    ['a greedy route', event('ANY /{proxy+}', { rawPath: '/posts', method: 'POST' })],
    ['a route for any method', event('ANY /posts', { method: 'POST' })],
    ['a path that was decoded after the route was found', event('GET /posts/{id}', { rawPath: '/posts/7/secret' })],
    ['a path that is the route of another', event('GET /posts/{id}', { rawPath: '/posts' })],
    ['a path that is not declared', event('GET /secrets')],
    ['another case', event('GET /Posts')],
  ])('says no to %s', async (_what, asked) => {
    expect(await httpSimpleAuthorizer(options())(asked, CALL)).toEqual({ isAuthorized: false, context: {} })
  })

  it('takes other names of parameters, the stage in front, and the base path of a custom domain', async () => {
    const authorizer = httpSimpleAuthorizer(options({ basePath: '/v1' }))
    const allowed = async (asked: HttpApiAuthorizerEvent): Promise<boolean> => (await authorizer(asked, CALL)).isAuthorized
    expect(await allowed(event('GET /posts/{post-id}', { rawPath: '/posts/7' }))).toBe(true)
    const http = { method: 'GET' }
    expect(await allowed(event('GET /posts/{id}', { rawPath: '/prod/posts/7', requestContext: { http, stage: 'prod' } }))).toBe(true)
    const custom = { http, stage: 'prod', domainName: 'api.example.com' }
    expect(await allowed(event('GET /posts/{id}', { rawPath: '/v1/posts/7', requestContext: custom }))).toBe(true)
    expect(await allowed(event('GET /posts/{id}', { rawPath: '/prod/posts/7', requestContext: custom }))).toBe(true)
    expect(await allowed(event('GET /posts/{id}', { rawPath: '/v2/posts/7', requestContext: custom }))).toBe(false)
    expect(await allowed(event('GET /posts/{id}', { rawPath: '/prod/v1/posts/7', requestContext: custom }))).toBe(false)
  })

  it.each([undefined, '*', `${STAGE}/$connect`])('rejects for the ARN %j, however good the token', async (routeArn) => {
    const asked = { ...event('POST /posts'), routeArn: routeArn as string }
    await expect(httpSimpleAuthorizer(options())(asked, CALL)).rejects.toThrow('names no method of a stage')
  })

  it('rejects while the store does not answer, and answers nothing that could be kept', async () => {
    const asked = event('POST /posts', { headers: { authorization: 'Bearer down' } })
    await expect(httpSimpleAuthorizer(options())(asked, CALL)).rejects.toThrow('could not decide: unavailable')
  })
})

describe('with a cache at the gateway', () => {
  const kept = { ttlSeconds: 300 }
  const keyed = (routeKey: string, changes: Partial<HttpApiAuthorizerEvent> = {}): HttpApiAuthorizerEvent =>
    event(routeKey, { identitySource: ['Bearer bob', routeKey], ...changes })

  const pair = (one: Omit<SignedInRule, 'access'>, other: Omit<SignedInRule, 'access'>): readonly ProtectedRoute[] => [
    { method: 'GET', path: '/one', rule: { access: 'signed-in', ...one } },
    { method: 'GET', path: '/other', rule: { access: 'signed-in', ...other } },
  ]

  it('routes whose rules differ need the route among the identity sources', async () => {
    const authorizer = httpSimpleAuthorizer(options(kept))
    expect((await authorizer(keyed('POST /posts'), CALL)).isAuthorized).toBe(true)
    await expect(authorizer(event('POST /posts'), CALL)).rejects.toThrow(ConfigurationError)
    await expect(authorizer(event('POST /posts', { identitySource: null }), CALL)).rejects.toThrow(ConfigurationError)
  })

  it.each<[string, Omit<SignedInRule, 'access'>, Omit<SignedInRule, 'access'>]>([
    ['roles and none', {}, { roles: ['editor'] }],
    ['no roles at all and none demanded', {}, { roles: [] }],
    ['roles', { roles: ['editor'] }, { roles: ['admin'] }],
    ['one role more', { roles: ['editor'] }, { roles: ['editor', 'admin'] }],
    ['scopes and none', {}, { scopes: ['read'] }],
    ['scopes', { scopes: ['read'] }, { scopes: ['write'] }],
    ['one scope more', { scopes: ['read'] }, { scopes: ['read', 'write'] }],
    ['roles that are named like scopes', { roles: ['read'] }, { scopes: ['read'] }],
  ])('routes whose rules differ in %s only need it, too', async (_what, one, other) => {
    const authorizer = httpSimpleAuthorizer(options({ ...kept, routes: pair(one, other) }))
    await expect(authorizer(event('GET /one'), CALL)).rejects.toThrow('$context.routeKey')
    await expect(authorizer(event('GET /other'), CALL)).rejects.toThrow('$context.routeKey')
    await expect(authorizer(keyed('GET /one'), CALL)).resolves.toBeDefined()
  })

  it.each<[string, Omit<SignedInRule, 'access'>, Omit<SignedInRule, 'access'>]>([
    ['freshness', { freshSeconds: 60 }, { freshSeconds: 61 }],
    ['freshness and none', {}, { freshSeconds: 60 }],
    ['strictness', {}, { strict: true }],
  ])('what differs in %s only is alike where a function behind asks about it, and does not start where none does', async (_what, one, other) => {
    const parts = options({ ...kept, routes: pair(one, other) })
    expect(() => httpSimpleAuthorizer(parts)).toThrow('cannot follow the time or the session')
    const authorizer = httpSimpleAuthorizer({ ...parts, recheckedBehind: true })
    expect((await authorizer(event('GET /one'), CALL)).isAuthorized).toBe(true)
  })

  it('what is left to a function behind does not open the rest of a rule', async () => {
    const ofNow = { freshSeconds: 60, strict: true }
    const authorizer = httpSimpleAuthorizer({
      ...options({ ...kept, routes: pair({ roles: ['editor'], ...ofNow }, { scopes: ['write'], ...ofNow }) }),
      recheckedBehind: true,
    })
    for (const route of ['GET /one', 'GET /other']) expect((await authorizer(keyed(route), CALL)).isAuthorized).toBe(false)
  })

  it('routes whose rules are alike need it not', async () => {
    expect((await httpSimpleAuthorizer(options({ ...kept, routes: alike }))(event('POST /posts'), CALL)).isAuthorized).toBe(true)
  })

  it.each<[string, Partial<HttpApiAuthorizerEvent>]>([
    ['a header', { headers: { authorization: 'Bearer bob', 'x-tenant': 'POST /posts' } }],
    ['a query parameter', { queryStringParameters: { tenant: 'POST /posts' } }],
    ['a cookie', { cookies: ['POST /posts'] }],
  ])('a client that sends the name of the route in %s does not choose what is kept', async (_what, changes) => {
    await expect(httpSimpleAuthorizer(options(kept))(keyed('POST /posts', changes), CALL)).rejects.toThrow('$context.routeKey')
  })

  it('the credential has to be among the identity sources', async () => {
    for (const authorizer of [httpSimpleAuthorizer(options(kept)), httpPolicyAuthorizer(options(kept))]) {
      await expect(authorizer(event('POST /posts', { identitySource: ['POST /posts'] }), CALL)).rejects.toThrow('identity sources')
      await expect(authorizer(keyed('POST /posts', { headers: {} }), CALL)).rejects.toThrow('identity sources')
      const part = keyed('POST /posts', { headers: { authorization: 'POST' } })
      await expect(authorizer(part, CALL)).rejects.toThrow('identity sources')
    }
  })

  it('a cookie is judged only where the cache is keyed by it', async () => {
    const changes = { transports: ['cookie'], recheckedBehind: true } as const
    const authorizer = httpPolicyAuthorizer({ ...options(kept), ...changes })
    const cookies = ['theme=dark', '__Host-sallyport-access=bob']
    const asked = (identitySource: readonly string[]) => event('POST /posts', { headers: {}, cookies, identitySource })
    expect((await authorizer(asked([cookies.join('; ')]), CALL)).principalId).toBe('bob')
    await expect(authorizer(asked(['theme=dark']), CALL)).rejects.toThrow('identity sources')
  })

  it('a request that gateway and table read differently is an error, because a refusal would be kept for others', async () => {
    const asked = keyed('GET /posts/{id}', { rawPath: '/posts/7/' })
    await expect(httpSimpleAuthorizer(options(kept))(asked, CALL)).rejects.toThrow('could not decide')
    await expect(httpPolicyAuthorizer(options(kept))(asked, CALL)).rejects.toThrow('could not decide')
  })
})

describe('an authorizer of an HTTP API with policies', () => {
  const first = (resource: string, path: string, authorization: string | null): RequestAuthorizerEvent => ({
    version: '1.0',
    type: 'REQUEST',
    methodArn: `${STAGE}/POST${path}`,
    resource,
    path,
    httpMethod: 'POST',
    headers: authorization === null ? {} : { authorization },
    requestContext: { identity: {} },
  })

  it('answers both payloads with the policy of the stage', async () => {
    const authorizer = httpPolicyAuthorizer(options())
    const [one, two] = [await authorizer(first('/posts', '/posts', 'Bearer bob'), CALL), await authorizer(event('GET /posts/{id}'), CALL)]
    expect(one).toEqual(two)
    expect(iamAllows(one.policyDocument, `${STAGE}/POST/posts`)).toBe(true)
    expect(iamAllows(one.policyDocument, `${STAGE}/DELETE/posts/7`)).toBe(false)
  })

  it('gives nobody the public routes', async () => {
    const { principalId, policyDocument, context } = await httpPolicyAuthorizer(options())(first('/posts', '/posts', 'Bearer nobody'), CALL)
    expect([principalId, context]).toEqual(['anonymous', {}])
    expect(iamAllows(policyDocument, `${STAGE}/GET/posts`)).toBe(true)
    expect(iamAllows(policyDocument, `${STAGE}/POST/posts`)).toBe(false)
  })

  it('refuses the stage where gateway and table read a request differently', async () => {
    const authorizer = httpPolicyAuthorizer(options())
    for (const asked of [
      first('/posts', '/posts/', 'Bearer bob'),
      first('$default', '/posts', 'Bearer bob'),
      event('GET /posts', { rawPath: '/posts/' }),
    ]) {
      const { policyDocument } = await authorizer(asked, CALL)
      expect(iamAllows(policyDocument, 'routeArn' in asked ? asked.routeArn : asked.methodArn)).toBe(false)
    }
  })
})
