import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onDynamodbLocal } from '../../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { FRONTS } from '../templates/functions.ts'
import { builtFunctions } from '../testing/built-functions.ts'
import { serverlessOffline } from '../testing/install-runtime.ts'
import { startOffline, type Offline } from '../testing/serverless-offline.ts'
import { freshSecrets, freshTables, type Tables } from '../testing/tables.ts'

const { modules, missing } = serverlessOffline()
const PASSWORD = 'harbour walnut lantern'

await onDynamodbLocal(({ endpoint }) => {
  if (missing !== null) return it(`the app in serverless-offline: ${missing}`, ({ skip }) => skip(missing))

  describe.each(FRONTS)('the app in serverless-offline, in front a %s', (front) => {
    describe.each(['jwt', 'session'])('with the %s strategy', (strategy) => {
      const built = builtFunctions()
      let tables: Tables
      let offline: Offline

      beforeAll(async () => {
        tables = await freshTables(endpoint)
        offline = await startOffline({
          modules,
          front,
          functions: built.folder,
          environment: (publicUrl) => ({
            ...tables.environment,
            NODE_ENV: 'test',
            SALLYPORT_STRATEGY: strategy,
            SALLYPORT_PUBLIC_URL: publicUrl,
            // It keeps nothing. Of an HTTP API it hands on one identity source only, and without the route the authorizer lets nobody in where something is kept.
            SALLYPORT_AUTHORIZER_TTL_SECONDS: front === 'http-api' ? '0' : '60',
            SALLYPORT_MAX_REVOCATION_SECONDS: '900',
            SALLYPORT_ALLOWED_ORIGINS: '',
            SALLYPORT_HOSTED_ISSUERS: '',
            ...freshSecrets(),
          }),
        })
      })
      afterAll(async () => {
        await offline.stop()
        await tables.close()
        built.remove()
      })

      const call = async (target: string, { token, json }: { readonly token?: string; readonly json?: unknown } = {}) => {
        const [method = '', path = ''] = target.split(' ')
        const response = await fetch(`${offline.url}${path}`, {
          method,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        })
        const text = await response.text()
        return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
      }

      const register = async (email: string): Promise<string> => {
        const { status, body } = await call('POST /auth/register', { json: { email, password: PASSWORD } })
        expect(status).toBe(201)
        return String(body['accessToken'])
      }

      it('registers, signs in, says who is asking, and refuses whoever has signed out', async () => {
        await register('ada@example.com')
        const signedIn = await call('POST /auth/login', { json: { email: 'ada@example.com', password: PASSWORD } })
        expect(signedIn.status).toBe(200)
        const token = String(signedIn.body['accessToken'])
        expect(await call('GET /auth/me', { token })).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } })
        expect((await call('POST /auth/logout', { token })).status).toBe(204)
        expect((await call('GET /auth/sessions', { token })).status).toBe(401)
        expect((await call('POST /auth/login', { json: { email: 'ada@example.com', password: 'not this one at all' } })).status).toBe(401)
      })

      it('lets everybody read posts, whoever is signed in write, and an editor delete', async () => {
        const token = await register('grace@example.com')
        expect((await call('GET /posts')).status).toBe(200)
        const post = { title: 'A title', text: 'A text' }
        const created = await call('POST /posts', { token, json: post })
        expect(created).toMatchObject({ status: 201, body: post })
        const id = String(created.body['id'])
        expect((await call('GET /posts')).body).toMatchObject({ posts: [{ id, ...post }] })
        expect((await call(`DELETE /posts/${id}`, { token })).status).toBe(403)
        expect(await tables.setRoles('grace@example.com', ['editor'])).toBe('changed')
        const again = await call('POST /auth/login', { json: { email: 'grace@example.com', password: PASSWORD } })
        expect((await call(`DELETE /posts/${id}`, { token: String(again.body['accessToken']) })).status).toBe(204)
        expect((await call('GET /posts')).body).toEqual({ posts: [] })
      })

      it('has the authorizer refuse: nobody, a token that is none, and one that was good until somebody changed a letter', async () => {
        const token = await register('joan@example.com')
        const forged = `${token.slice(0, -8)}${token.at(-8) === 'A' ? 'B' : 'A'}${token.slice(-7)}`
        const json = { title: 'A title', text: 'A text' }
        expect((await call('POST /posts', { json })).status).toBe(401)
        // A REST API says 401 to whoever is nobody; a simple answer of an HTTP API is a 403 for everybody.
        const refused = front === 'http-api' ? 403 : 401
        expect((await call('POST /posts', { json, token: 'nothing' })).status).toBe(refused)
        expect((await call('POST /posts', { json, token: forged })).status).toBe(refused)
        expect((await call('GET /posts')).body).toEqual({ posts: [] })
      })

      it('has problem documents of its own where no gateway stands in front, and routes nothing that is not declared', async () => {
        expect(await call('GET /auth/me')).toMatchObject({ status: 401, body: { status: 401 } })
        expect((await call('GET /auth/nowhere')).status).toBe(404)
        expect((await call('POST /posts/')).status).not.toBe(201)
      })

      it('writes no token, password or address into its log', async () => {
        const token = await register('mary@example.com')
        for (const hidden of [token, PASSWORD, 'mary@example.com']) expect(offline.output()).not.toContain(hidden)
      })
    })
  })
})
