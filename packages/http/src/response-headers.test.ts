import { expect, it } from 'vitest'
import { bearer, PASSWORD, testApplication, type TestApplication } from '../test/test-application.ts'

const everyKind = async (app: TestApplication) => {
  const registered = await app.registered()
  const headers = bearer(registered.json.accessToken)
  return [
    registered,
    await app.send('POST', '/auth/login', { body: { email: 'ada@example.com', password: PASSWORD } }),
    await app.send('GET', '/auth/me', { headers }),
    await app.send('GET', '/auth/me'),
    await app.send('GET', '/nowhere'),
    await app.send('PUT', '/auth/me'),
    await app.send('OPTIONS', '/auth/me'),
    await app.send('POST', '/auth/login', { body: '{' }),
    await app.send('GET', '/healthz'),
    await app.send('POST', '/auth/logout', { headers }),
  ]
}
const documents = ['/.well-known/jwks.json', '/.well-known/openid-configuration', '/openapi.json']

it('lets nobody keep an answer but those that are public', async () => {
  const app = await testApplication({ strategy: 'jwt' })
  for (const { headers } of await everyKind(app)) expect(headers['cache-control']).toBe('no-store')
  for (const path of documents) expect((await app.send('GET', path)).headers['cache-control']).toBe('public, max-age=300')
  for (const path of documents) expect((await app.send('POST', path)).headers['cache-control']).toBe('no-store')
})

it('sets the headers that browsers obey on every answer', async () => {
  const app = await testApplication()
  const answers = [...(await everyKind(app)), ...(await Promise.all(documents.map((path) => app.send('GET', path))))]
  for (const { status, headers, body, cookies } of answers) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    })
    expect(headers['content-type']).toBe(status === 204 ? undefined : `application/${status < 400 ? '' : 'problem+'}json; charset=utf-8`)
    expect(body === '').toBe(status === 204)
    expect(Object.keys(headers).every((name) => name === name.toLowerCase() && name !== 'set-cookie')).toBe(true)
    expect(cookies).toEqual([])
  }
})

it('demands TLS for ever only where there is TLS', async () => {
  const app = await testApplication({ settings: { publicUrl: 'http://localhost:4000' } })
  expect((await app.send('GET', '/healthz')).headers['strict-transport-security']).toBeUndefined()
})
