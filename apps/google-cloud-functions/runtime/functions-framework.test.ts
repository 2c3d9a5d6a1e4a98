import { randomUUID } from 'node:crypto'
import { overSocket, type KitResponse } from '@sallyport/conformance'
import { systemClock } from '@sallyport/core'
import { datastoreStores, openDatastoreClient } from '@sallyport/store-datastore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withEmulator } from '../../../packages/stores/datastore/testing/emulator.ts'
import { freePort, prepareFunctions, runFunction, type Environment, type RunningFunction } from '../testing/run-framework.ts'

const PROJECT = 'demo-sallyport'
const SECRETS = {
  SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
  SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
  SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
}
const PASSWORD = 'harbour walnut lantern'

/** Inside the repository, where Google's client is installed. */
const folder = new URL('../dist/runtime', import.meta.url).pathname
beforeAll(() => prepareFunctions(folder))

interface Sent {
  readonly token?: string
  readonly json?: unknown
  readonly body?: string
  readonly headers?: { readonly [name: string]: string }
}

const send =
  ({ url }: RunningFunction) =>
  (method: string, target: string, { token, json, body, headers = {} }: Sent = {}): Promise<KitResponse> => {
    const sent = json === undefined ? (body ?? null) : JSON.stringify(json)
    return overSocket(url)({
      method,
      target,
      headers: {
        ...(sent === null ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: sent,
    })
  }
const parsed = (
  response: KitResponse,
): { readonly accessToken: string; readonly user: { readonly id: string }; readonly id: string; readonly type: string } =>
  JSON.parse(response.body) as ReturnType<typeof parsed>

await withEmulator('datastore', 'the Google app in functions-framework', (emulator) => {
  describe.each(['jwt', 'session'])('the Google app in functions-framework, %s strategy', (strategy) => {
    const namespace = randomUUID()
    let api: RunningFunction
    let posts: RunningFunction
    let callApi: ReturnType<typeof send>
    let callPosts: ReturnType<typeof send>

    beforeAll(async () => {
      const [apiPort, postsPort] = [await freePort(), await freePort()]
      const environment: Environment = {
        DATASTORE_EMULATOR_HOST: emulator.address,
        SALLYPORT_DATASTORE_PROJECT: PROJECT,
        SALLYPORT_DATASTORE_NAMESPACE: namespace,
        SALLYPORT_PUBLIC_URL: `http://localhost:${apiPort}`,
        SALLYPORT_STRATEGY: strategy,
      }
      ;[api, posts] = await Promise.all([
        runFunction(folder, 'api', apiPort, { ...environment, ...SECRETS }),
        runFunction(folder, 'posts', postsPort, environment),
      ])
      ;[callApi, callPosts] = [send(api), send(posts)]
    })
    afterAll(() => Promise.all([api.stop(), posts.stop()]))

    const register = async (): Promise<{ readonly email: string; readonly id: string; readonly token: string }> => {
      const email = `${randomUUID()}@example.org`
      const answer = await callApi('POST', '/auth/register', { json: { email, password: PASSWORD } })
      expect(answer.status, answer.body).toBe(201)
      const { user, accessToken } = parsed(answer)
      return { email, id: user.id, token: accessToken }
    }
    const logIn = async (email: string): Promise<string> => {
      const answer = await callApi('POST', '/auth/login', { json: { email, password: PASSWORD } })
      expect(answer.status, answer.body).toBe(200)
      return parsed(answer).accessToken
    }
    const makeEditor = async (userId: string): Promise<void> => {
      const client = await openDatastoreClient({ projectId: PROJECT, environment: { DATASTORE_EMULATOR_HOST: emulator.address } })
      const stores = datastoreStores({ client, projectId: PROJECT, namespace, clock: systemClock })
      const user = await stores.users.find(userId)
      expect(user).not.toBe(null)
      const changed = { ...user!, roles: ['editor'], version: user!.version + 1 }
      expect(await stores.users.replace({ user: changed, identity: null, attemptId: randomUUID() })).toBe('replaced')
      await stores.close()
    }

    test('somebody registers, signs in, asks who it is, signs out and is nobody to the API any more', async () => {
      const { email, id } = await register()
      const token = await logIn(email)
      expect(parsed(await callApi('GET', '/auth/me', { token })).user.id).toBe(id)
      expect((await callApi('POST', '/auth/logout', { token })).status).toBe(204)
      expect((await callApi('GET', '/auth/sessions', { token })).status).toBe(401)
    })

    test('cookies come one a line, and work from our own page only', async () => {
      const { email } = await register()
      const origin = new URL(api.url).origin
      const json = { email, password: PASSWORD, transport: 'cookie' }
      const answer = await callApi('POST', '/auth/login', { json, headers: { origin } })
      expect([answer.status, answer.cookies.length]).toEqual([200, strategy === 'jwt' ? 2 : 1])
      const cookie = answer.cookies.map((line) => line.split(';')[0]).join('; ')
      expect((await callApi('GET', '/auth/me', { headers: { cookie } })).status).toBe(200)
      const write = (from: string): Promise<KitResponse> =>
        callPosts('POST', '/posts', { json: { title: 't', text: 'x' }, headers: { cookie, origin: from } })
      expect([(await write(origin)).status, (await write('https://evil.example')).status]).toEqual([201, 403])
    })

    test('everybody reads posts, who is signed in writes, an editor deletes', async () => {
      const [writer, editor] = [await register(), await register()]
      await makeEditor(editor.id)
      const editorToken = await logIn(editor.email)
      const json = { title: 'A title', text: 'A text' }
      expect((await callPosts('POST', '/posts', { json })).status).toBe(401)
      const created = await callPosts('POST', '/posts', { json, token: writer.token })
      expect(created.status, created.body).toBe(201)
      const { id } = parsed(created)
      expect((await callPosts('GET', '/posts')).body).toContain(id)
      expect((await callPosts('DELETE', `/posts/${id}`, { token: writer.token })).status).toBe(403)
      expect((await callPosts('DELETE', `/posts/${id}/`, { token: editorToken })).status).toBe(404)
      expect((await callPosts('DELETE', `/posts/${id}`, { token: editorToken })).status).toBe(204)
      expect((await callPosts('DELETE', `/posts/${id}`, { token: editorToken })).status).toBe(404)
      expect((await callPosts('GET', '/posts')).body).not.toContain(id)
      expect(posts.output()).toContain(`"audit":"authorization.refused","userId":"${writer.id}"`)
    })

    if (strategy === 'session') {
      test('an ended session is refused by the guarded function from the next request on', async () => {
        const { token } = await register()
        expect((await callApi('POST', '/auth/logout', { token })).status).toBe(204)
        expect((await callPosts('POST', '/posts', { json: { title: 't', text: 'x' }, token })).status).toBe(401)
      })
    }

    test('JSON that is none, a body that is too large and one that is compressed are refused by us, not by the framework', async () => {
      const { token } = await register()
      for (const [call, path] of [
        [callApi, '/auth/login'],
        [callPosts, '/posts'],
      ] as const) {
        const malformed = await call('POST', path, { body: '{"email"', token })
        expect([malformed.status, parsed(malformed).type]).toEqual([400, 'urn:sallyport:problem:malformed-body'])
        const large = await call('POST', path, { body: JSON.stringify({ email: 'x'.repeat(70_000) }), token })
        expect([large.status, parsed(large).type]).toEqual([413, 'urn:sallyport:problem:body-too-large'])
      }
      const compressed = await callApi('POST', '/auth/login', { body: 'x', headers: { 'content-encoding': 'gzip' } })
      expect([compressed.status, parsed(compressed).type]).toEqual([415, 'urn:sallyport:problem:unsupported-media-type'])
    })

    test('what was written to the logs has no secret in it', async () => {
      const { token } = await register()
      const logs = api.output() + posts.output()
      expect(logs).toContain('"audit":"user.registered"')
      expect(logs).toContain('"severity":"INFO"')
      for (const secret of [token, PASSWORD, ...Object.values(SECRETS), '@example.org']) expect(logs.includes(secret)).toBe(false)
    })
  })

  describe('in production', () => {
    const production = { NODE_ENV: 'production', SALLYPORT_DATASTORE_PROJECT: PROJECT, SALLYPORT_PUBLIC_URL: 'https://auth.example.org' }

    test('nothing of a store that cannot be reached or of a broken path is shown', async () => {
      // A project that nobody can sign in to: every call of the store fails.
      const api = await runFunction(folder, 'api', await freePort(), { ...production, ...SECRETS, GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' })
      try {
        const down = await send(api)('POST', '/auth/login', { json: { email: 'ada@example.org', password: PASSWORD } })
        expect([down.status, parsed(down).type, down.headers['retry-after']]).toEqual([503, 'urn:sallyport:problem:store-unavailable', '1'])
        const broken = await send(api)('GET', '/%zz')
        expect(broken.status).toBe(400)
        for (const { body } of [down, broken]) expect(body).not.toMatch(/node_modules|nowhere|at .*:\d+|Error:/)
        expect(await send(api)('GET', '/healthz')).toMatchObject({ status: 200 })
      } finally {
        await api.stop()
      }
    })

    test('an emulator is refused at the start, and so is what is missing', async () => {
      const start = async (environment: Environment): Promise<RunningFunction> => runFunction(folder, 'api', await freePort(), environment)
      await expect(start({ ...production, ...SECRETS, DATASTORE_EMULATOR_HOST: emulator.address })).rejects.toThrow(
        /DATASTORE_EMULATOR_HOST is set in production/,
      )
      await expect(start(production)).rejects.toThrow(/SALLYPORT_PASSWORD_PEPPER must be set/)
    })
  })
})
