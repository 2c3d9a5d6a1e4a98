import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SETTINGS, testApplication } from '../test/test-application.ts'
import { routeTable } from './route-table.ts'

const paths = [...new Set(routeTable(SETTINGS).map(({ path }) => path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA')))]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY', 'get', '', '__proto__', 'constructor']

it.each(paths)('has exactly one spelling of %s', async (path) => {
  const app = await testApplication()
  const variants = [
    `${path}/`,
    `/${path}`,
    path.replace('/', '//'),
    path.replace(/\/(?=[^/]*$)/, '//'),
    path.replace(/\/(?=[^/]*$)/, '%2F'),
    path.replace(/\/(?=[^/]*$)/, '/./'),
    path.replace(/\/(?=[^/]*$)/, '/x/../'),
    path.replace(/\/(?=[^/]*$)/, '\\'),
    `${path};a=b`,
    `${path}%00`,
    `${path}%20`,
    `${path} `,
    `${path}.`,
    path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    path.slice(1),
    `http://auth.example.com${path}`,
    ...(path.includes('AAAA') ? [] : [path.toUpperCase()]),
  ]
  for (const variant of variants) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      expect([method, variant, (await app.send(method, variant)).status]).toEqual([method, variant, 404])
    }
  }
})

it.each(paths)('tells by Allow which methods %s has', async (path) => {
  const app = await testApplication()
  const own = app.routes.filter((route) => route.path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA') === path).map(({ method }): string => method)
  const expected = [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].toSorted()
  for (const method of METHODS) {
    const { status, headers } = await app.send(method, path)
    if (method === 'OPTIONS') expect([status, headers['allow']?.split(', ').toSorted()]).toEqual([204, expected])
    else if (expected.includes(method)) expect(status).not.toBe(405)
    else expect([method, status, headers['allow']?.split(', ').toSorted()]).toEqual([method, 405, expected])
  }
})

it('answers HEAD as GET without the body', async () => {
  const app = await testApplication()
  for (const path of ['/healthz', '/auth/me', '/.well-known/jwks.json']) {
    const [get, head] = [await app.send('GET', path), await app.send('HEAD', path)]
    expect([head.status, head.headers, head.body]).toEqual([get.status, get.headers, ''])
  }
})

it('takes one segment of identifier characters as parameter, and nothing else', async () => {
  const app = await testApplication()
  for (const id of ['a', 'A-z_09', 'x'.repeat(128)]) expect((await app.send('DELETE', `/auth/sessions/${id}`)).status).toBe(401)
  for (const id of ['', '.', '..', 'a/b', 'a%2Fb', '%61', 'ä', 'a b', 'x'.repeat(129)])
    expect([id, (await app.send('DELETE', `/auth/sessions/${id}`)).status]).toEqual([id, 404])
})

it('finds nothing under paths that nobody made', async () => {
  const app = await testApplication()
  const known = new Set(paths)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.webPath(), fc.string(), fc.constantFrom('__proto__', '/__proto__', '/auth/__proto__', '')),
      fc.constantFrom(...METHODS),
      async (path, method) => {
        fc.pre(!known.has(path) && !path.startsWith('/auth/sessions/'))
        expect((await app.send(method, path)).status).toBe(404)
      },
    ),
  )
})

it('works under other prefixes, and leaves the well-known paths where they are', async () => {
  for (const prefix of ['', '/api/v1/auth']) {
    const app = await testApplication({ settings: { prefix } })
    expect((await app.send('GET', `${prefix}/me`)).status).toBe(401)
    expect((await app.send('GET', '/auth/me')).status).toBe(404)
    expect((await app.send('GET', '/healthz')).status).toBe(200)
  }
})
