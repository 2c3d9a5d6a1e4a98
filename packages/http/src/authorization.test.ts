import { describe, expect, it } from 'vitest'
import { bearer, PUBLIC_URL, SETTINGS, testApplication, type Sent } from '../test/test-application.ts'
import { httpApplication } from './http-application.ts'
import { routeTable } from './route-table.ts'

const routes = routeTable(SETTINGS)
const guarded = routes.filter((route) => route.credential !== 'none')
const pathOf = (path: string): string => path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA')
const origin = PUBLIC_URL

/** Each is no credential, one too many, or one that is worth nothing. */
const WORTHLESS: Record<string, Sent['headers'] & object> = {
  none: {},
  'empty header': { authorization: '' },
  'scheme only': { authorization: 'Bearer' },
  'no token': { authorization: 'Bearer ' },
  'another scheme': { authorization: 'Basic YWRhOnBhc3N3b3Jk' },
  'another scheme with a token': { authorization: 'Token abc' },
  garbage: bearer('garbage'),
  'bad escapes': bearer('%E0%A4%A'),
  'two headers': { authorization: ['Bearer a', 'Bearer b'] },
  'two headers, the second empty': { authorization: ['Bearer a', ''] },
  'two headers, the first of another scheme': { authorization: ['Basic YWRhOnBhc3N3b3Jk', 'Bearer a'] },
  'no line at all': { authorization: [] },
  'two in one': { authorization: 'Bearer a, Bearer b' },
  'a huge token': bearer('x'.repeat(60_000)),
  'an unsigned token': bearer(
    `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`,
  ),
  'a forged cookie': { cookie: '__Host-sallyport-refresh=garbage; __Host-sallyport-access=garbage', origin },
  'an empty cookie': { cookie: '__Host-sallyport-access=', origin },
  'a cookie of another name': { cookie: '__host-sallyport-access=garbage; sallyport-access=x', origin },
}

it('declares a rule for every route, and strict ones where something is changed or shown that is not in the token', () => {
  expect(
    routes.map(({ method, path, rule }) => `${method} ${path} ${rule.access}${rule.access === 'signed-in' && rule.strict === true ? ' strict' : ''}`),
  ).toEqual([
    'POST /auth/register public',
    'POST /auth/login public',
    'POST /auth/refresh public',
    'POST /auth/logout public',
    'GET /auth/me signed-in',
    'PATCH /auth/me signed-in strict',
    'DELETE /auth/me signed-in strict',
    'POST /auth/password signed-in strict',
    'GET /auth/sessions signed-in strict',
    'DELETE /auth/sessions/{id} signed-in strict',
    'DELETE /auth/sessions signed-in strict',
    'GET /.well-known/jwks.json public',
    'GET /.well-known/openid-configuration public',
    'GET /healthz public',
    'GET /openapi.json public',
  ])
  for (const route of routes) {
    expect([route.operationId, route.rule.access === 'signed-in']).toEqual([route.operationId, route.credential === 'access'])
    expect([route.operationId, route.crossSite === 'never']).toEqual([route.operationId, route.method === 'GET'])
  }
})

describe.each(['session', 'jwt'] as const)('%s strategy', (strategy) => {
  it.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))('%s refuses whoever is not signed in', async (_, route) => {
    const app = await testApplication({ strategy })
    for (const [name, headers] of Object.entries(WORTHLESS)) {
      const response = await app.send(route.method, pathOf(route.path), { headers })
      expect([name, response.status, response.json.type]).toEqual([name, 401, 'urn:sallyport:problem:unauthenticated'])
      const token = headers['authorization'] ?? headers['cookie']
      const sent = /^Bearer .+|-access=garbage$/.test([token ?? ''].flat().join(', '))
      expect([name, response.headers['www-authenticate']]).toEqual([name, `Bearer realm="sallyport"${sent ? ', error="invalid_token"' : ''}`])
    }
    expect(app.storeCalls().filter((call) => !call.startsWith('keys.'))).toEqual([])
    expect(app.errors).toEqual([])
  })

  it.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))('%s refuses an ended session', async (_, route) => {
    const app = await testApplication({ strategy })
    const { accessToken } = (await app.registered()).json
    await app.send('DELETE', '/auth/sessions', { headers: bearer(accessToken), query: 'scope=all' })
    const response = await app.send(route.method, pathOf(route.path), { headers: bearer(accessToken) })
    // Signing out twice is signing out.
    expect(response.status).toBe(route.operationId === 'logOut' ? 204 : 401)
  })

  it.each(guarded.filter(({ credential }) => credential === 'access').map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses an expired access token',
    async (_, route) => {
      const app = await testApplication({ strategy })
      const { accessToken } = (await app.registered()).json
      app.clock.instant += 8 * 86_400_000
      expect((await app.send(route.method, pathOf(route.path), { headers: bearer(accessToken) })).status).toBe(401)
    },
  )

  it('takes the header alone when there are both, and any case of its scheme', async () => {
    const app = await testApplication({ strategy })
    const { accessToken } = (await app.registered()).json
    const cookie = `__Host-sallyport-access=${accessToken}`
    const status = async (headers: Sent['headers'] & object): Promise<number> => (await app.send('GET', '/auth/me', { headers })).status
    expect(await status({ authorization: [`Bearer ${accessToken}`] })).toBe(200)
    expect(await status({ authorization: [`Bearer ${accessToken}`, ''] })).toBe(401)
    expect(await status({ authorization: ['', `Bearer ${accessToken}`] })).toBe(401)
    expect(await status({ authorization: `bEARER ${accessToken}` })).toBe(200)
    expect(await status({ cookie })).toBe(200)
    expect(await status({ cookie, authorization: 'Bearer garbage' })).toBe(401)
    expect(await status({ cookie, authorization: '' })).toBe(401)
    expect(await status({ authorization: `Bearer  ${accessToken}` })).toBe(401)
    expect(await status({ authorization: ` Bearer ${accessToken}` })).toBe(401)
  })

  it('takes no transport that is not configured', async () => {
    for (const only of ['bearer', 'cookie'] as const) {
      const app = await testApplication({ strategy, settings: { transports: [only], defaultTransport: only } })
      const registered = await app.send('POST', '/auth/register', {
        headers: { origin },
        body: { email: 'ada@example.com', password: 'correct horse battery staple' },
      })
      const token = registered.json.accessToken ?? registered.cookies[0]?.match(/=([^;]+)/)?.[1] ?? ''
      expect((await app.send('GET', '/auth/me', { headers: bearer(token) })).status).toBe(only === 'bearer' ? 200 : 401)
      expect((await app.send('GET', '/auth/me', { headers: { cookie: `__Host-sallyport-access=${token}` } })).status).toBe(
        only === 'cookie' ? 200 : 401,
      )
      const other = only === 'bearer' ? 'cookie' : 'bearer'
      expect(
        (await app.send('POST', '/auth/login', { headers: { origin }, body: { email: 'a@b.example', password: 'x', transport: other } })).status,
      ).toBe(422)
    }
  })

  it('shows nobody the sessions of somebody else', async () => {
    const app = await testApplication({ strategy })
    const ada = (await app.registered()).json
    const eve = (await app.registered('eve@example.com')).json
    expect((await app.send('DELETE', `/auth/sessions/${ada.session.id}`, { headers: bearer(eve.accessToken) })).status).toBe(404)
    expect((await app.send('GET', '/auth/sessions', { headers: bearer(ada.accessToken) })).json.sessions).toHaveLength(1)
    expect((await app.send('GET', '/auth/sessions', { headers: bearer(eve.accessToken) })).json.sessions.map(({ id }) => id)).toEqual([
      eve.session.id,
    ])
  })
})

describe('refusals of somebody who is signed in', () => {
  it.each([
    ['not-fresh', 401],
    ['forbidden', 403],
  ] as const)('%s is answered and audited', async (refusal, status) => {
    const app = await testApplication()
    const principal = { userId: 'u', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 0 }
    const authentication = { ...app.authentication, authorize: () => ({ allowed: false, refusal, principal }) as const }
    const { handle } = httpApplication({ authentication, settings: SETTINGS })
    const response = await handle({
      method: 'GET',
      path: '/auth/me',
      query: '',
      headers: bearer('x'),
      body: null,
      address: '203.0.113.7',
      requestId: 'r-1',
    })
    expect([response.status, (JSON.parse(response.body) as { type: string }).type]).toEqual([status, `urn:sallyport:problem:${refusal}`])
    expect(app.events).toMatchObject([
      { name: 'authorization.refused', userId: 'u', sessionId: 's', reason: refusal, requestId: 'r-1', network: '203.0.113.0/24' },
    ])
  })
})

it('does not call a refresh cookie alone a bad access token', async () => {
  const app = await testApplication({ strategy: 'jwt' })
  const { headers } = await app.send('GET', '/auth/me', { headers: { cookie: '__Host-sallyport-refresh=x' } })
  expect(headers['www-authenticate']).toBe('Bearer realm="sallyport"')
})
