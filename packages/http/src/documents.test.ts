import { expect, it } from 'vitest'
import { bearer, PUBLIC_URL, testApplication } from '../test/test-application.ts'

it('shows public keys only, and the issuer that tokens name', async () => {
  const app = await testApplication({ strategy: 'jwt' })
  const { accessToken } = (await app.registered()).json
  const [header, payload] = accessToken
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)
  const { json: keySet, body } = await app.send('GET', '/.well-known/jwks.json')
  expect(keySet.keys.map(({ kid }) => kid)).toContain(header?.['kid'])
  expect(body).not.toMatch(/"(d|p|q|dp|dq|qi|k|oth)":/)
  const { json } = await app.send('GET', '/.well-known/openid-configuration')
  expect(json).toMatchObject({
    issuer: payload?.['iss'],
    jwks_uri: `${PUBLIC_URL}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['ES256'],
  })
})

it('has no keys in the session strategy', async () => {
  const app = await testApplication()
  expect((await app.send('GET', '/.well-known/jwks.json')).json.keys).toEqual([])
})

it.each([
  ['session', 0],
  ['jwt', 300],
] as const)('tells its health without a store (%s strategy)', async (strategy, revocationBoundSeconds) => {
  const app = await testApplication({ strategy })
  expect((await app.send('GET', '/healthz', { headers: bearer('ignored') })).json).toEqual({ status: 'ok', strategy, revocationBoundSeconds })
  expect(app.storeCalls()).toEqual([])
})
