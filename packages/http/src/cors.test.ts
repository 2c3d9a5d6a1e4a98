import { expect, it } from 'vitest'
import { SETTINGS, testApplication } from '../test/test-application.ts'
import { routeTable } from './route-table.ts'

const ALLOWED = 'https://app.example.com'
const FOREIGN = [
  'https://evil.example',
  'null',
  '',
  '*',
  'https://app.example.com.evil.example',
  'https://app.example.com/',
  'HTTPS://app.example.com',
  'http://app.example.com',
  'https://auth.example.com',
]
const paths = [...new Set(routeTable(SETTINGS).map(({ path }) => path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA')))]

it.each(paths)('answers a preflight of %s to the allowed origin only', async (path) => {
  const app = await testApplication()
  const methods = app.routes.filter((route) => route.path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA') === path).map(({ method }) => method)
  const preflight = (origin: string) =>
    app.send('OPTIONS', path, {
      headers: { origin, 'access-control-request-method': methods[0] ?? '', 'access-control-request-headers': 'authorization,content-type' },
    })
  const { status, headers, body } = await preflight(ALLOWED)
  expect([status, body]).toEqual([204, ''])
  expect(headers).toMatchObject({
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '600',
    vary: 'origin, access-control-request-method, access-control-request-headers',
  })
  for (const method of methods) expect(headers['access-control-allow-methods']?.split(', ')).toContain(method)
  for (const origin of FOREIGN) {
    const refused = await preflight(origin)
    expect(refused.status).toBe(204)
    expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

it.each(paths)('lets pages of the allowed origin only read %s, errors too', async (path) => {
  const app = await testApplication()
  const read = (origin: string) => app.send('GET', path, { headers: { origin } })
  const { headers } = await read(ALLOWED)
  expect(headers).toMatchObject({
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'ratelimit, ratelimit-policy, retry-after, www-authenticate',
    vary: 'origin',
  })
  for (const origin of FOREIGN) {
    const foreign = await read(origin)
    expect(foreign.headers['vary']).toBe('origin')
    expect(Object.keys(foreign.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

it('lets no credentials through where there are no cookies, and says nothing where no origin is allowed', async () => {
  const bearerOnly = await testApplication({ settings: { transports: ['bearer'] } })
  expect(
    Object.hasOwn((await bearerOnly.send('GET', '/healthz', { headers: { origin: ALLOWED } })).headers, 'access-control-allow-credentials'),
  ).toBe(false)
  const closed = await testApplication({ settings: { allowedOrigins: [] } })
  const { headers } = await closed.send('GET', '/healthz', { headers: { origin: ALLOWED } })
  expect(Object.keys(headers).filter((name) => name === 'vary' || name.startsWith('access-control'))).toEqual([])
})
