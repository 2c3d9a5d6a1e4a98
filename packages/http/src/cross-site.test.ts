import { describe, expect, it } from 'vitest'
import { cookieHeader, PASSWORD, PUBLIC_URL, SETTINGS, testApplication } from '../test/test-application.ts'
import { routeTable } from './route-table.ts'

type Provenance = Record<string, string | string[]>

/** What a browser may say of where a request comes from, and what that is. */
const PROVENANCES: readonly (readonly [string, Provenance, 'trusted' | 'foreign' | 'unknown'])[] = [
  ['own origin', { origin: PUBLIC_URL }, 'trusted'],
  ['own origin, same-origin', { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' }, 'trusted'],
  ['allowed origin, cross-site', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }, 'trusted'],
  ['same-origin without Origin', { 'sec-fetch-site': 'same-origin' }, 'trusted'],
  ['no page at all', { 'sec-fetch-site': 'none' }, 'trusted'],
  ['foreign origin', { origin: 'https://evil.example' }, 'foreign'],
  ['foreign origin that says same-origin', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'foreign'],
  [
    'foreign origin behind forwarding headers',
    { origin: 'https://evil.example', host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    'foreign',
  ],
  ['null origin', { origin: 'null' }, 'foreign'],
  ['empty origin', { origin: '' }, 'foreign'],
  ['origin as prefix', { origin: `${PUBLIC_URL}.evil.example` }, 'foreign'],
  ['own origin over http', { origin: 'http://auth.example.com' }, 'foreign'],
  ['own origin, other port', { origin: `${PUBLIC_URL}:8443` }, 'foreign'],
  ['own origin, other case', { origin: 'https://AUTH.example.com' }, 'foreign'],
  ['two origins', { origin: [PUBLIC_URL, 'https://evil.example'] }, 'foreign'],
  ['cross-site without Origin', { 'sec-fetch-site': 'cross-site' }, 'foreign'],
  ['same-site without Origin', { 'sec-fetch-site': 'same-site' }, 'foreign'],
  ['unknown Sec-Fetch-Site', { 'sec-fetch-site': 'friendly' }, 'foreign'],
  ['neither header', {}, 'unknown'],
  ['neither header, own Host', { host: 'auth.example.com', referer: PUBLIC_URL }, 'unknown'],
]

const changing = routeTable(SETTINGS).filter(({ method }) => method !== 'GET')

describe.each(['session', 'jwt'] as const)('%s strategy', (strategy) => {
  it.each(PROVENANCES)('%s', async (_, headers, provenance) => {
    const app = await testApplication({ strategy })
    await app.registered()
    const login = await app.send('POST', '/auth/login', {
      headers: { origin: PUBLIC_URL },
      body: { email: 'ada@example.com', password: PASSWORD, transport: 'cookie' },
    })
    const cookie = cookieHeader(login)
    app.storeCalls()
    for (const route of changing) {
      const path = route.path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA')
      const refused = async (sent: Provenance): Promise<boolean> => {
        const { json } = await app.send(route.method, path, { headers: { ...headers, ...sent }, body: {} })
        return json.type === 'urn:sallyport:problem:cross-site'
      }
      const always = provenance === 'foreign' && route.crossSite === 'always'
      // Signing in needs no cookie to be worth forging; everything else is refused where a cookie would be the credential.
      const byCookie = route.credential === 'none' ? always : provenance !== 'trusted'
      expect({
        route: route.operationId,
        byCookie: await refused({ cookie: '__Host-sallyport-access=x' }),
        byHeader: await refused({ authorization: 'Bearer x' }),
        withoutCredential: await refused({}),
      }).toEqual({ route: route.operationId, byCookie, byHeader: always, withoutCredential: always })
    }
    if (provenance === 'trusted') return
    expect(app.storeCalls()).toEqual([])
    for (const path of ['/auth/register', '/auth/login']) {
      const asked = await app.send('POST', path, { headers, body: { email: 'ada@example.com', password: PASSWORD, transport: 'cookie' } })
      expect([path, asked.json.type]).toEqual([path, 'urn:sallyport:problem:cross-site'])
      expect(asked.cookies).toEqual([])
    }
    for (const [method, path] of [
      ['POST', '/auth/refresh'],
      ['POST', '/auth/logout'],
      ['PATCH', '/auth/me'],
      ['DELETE', '/auth/sessions'],
    ] as const) {
      const sent = await app.send(method, path, { headers: { ...headers, cookie }, ...(method === 'PATCH' ? { body: { name: 'Eve' } } : {}) })
      expect([path, sent.status, sent.cookies]).toEqual([path, 403, []])
    }
    expect((await app.send('GET', '/auth/me', { headers: { cookie } })).json.user.name).toBeNull()
  })

  it('refuses by the default transport too, when that is the cookie', async () => {
    const app = await testApplication({ strategy, settings: { defaultTransport: 'cookie' } })
    const body = { email: 'ada@example.com', password: PASSWORD }
    expect((await app.send('POST', '/auth/register', { body })).status).toBe(403)
    expect((await app.send('POST', '/auth/register', { body, headers: { origin: PUBLIC_URL } })).cookies).not.toEqual([])
    expect((await app.send('POST', '/auth/login', { body: { ...body, transport: 'bearer' } })).status).toBe(200)
  })
})
