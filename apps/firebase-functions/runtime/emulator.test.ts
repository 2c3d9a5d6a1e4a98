import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withEmulator } from '../../../packages/stores/datastore/testing/emulator.ts'
import { prepareEmulator, runEmulator, type RunningEmulator } from '../testing/run-emulator.ts'

const SECRETS = {
  SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
  SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
  SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
}
const PASSWORD = 'harbour walnut lantern'

interface Body {
  readonly accessToken: string
  readonly user: { readonly id: string }
  readonly id: string
  readonly type: string
  readonly result?: { readonly userId: string | null; readonly roles: readonly string[] }
  readonly error?: { readonly status: string; readonly message: string; readonly details?: { readonly type: string } }
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Body
}

interface Sent {
  readonly token?: string
  readonly json?: unknown
  readonly text?: string
  readonly headers?: { readonly [name: string]: string }
}

await withEmulator('datastore', 'the Firebase app in the functions emulator', (datastore) => {
  describe('the Firebase app in the functions emulator', () => {
    let emulator: RunningEmulator

    beforeAll(async () => {
      prepareEmulator('runtime')
      emulator = await runEmulator('runtime', {
        settings: (url) => ({
          SALLYPORT_PUBLIC_URL: url('api'),
          SALLYPORT_DATASTORE_NAMESPACE: randomUUID(),
          SALLYPORT_FIREBASE_USERS: 'true',
        }),
        secrets: SECRETS,
        environment: { DATASTORE_EMULATOR_HOST: datastore.address },
      })
    })
    afterAll(() => emulator.stop())

    const call = async (name: string, method: string, path: string, { token, json, text, headers = {} }: Sent = {}): Promise<Answer> => {
      const sent = json === undefined ? text : JSON.stringify(json)
      const answer = fetch(`${emulator.url(name)}${path}`, {
        method,
        headers: {
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      })
      const response = await Promise.race([answer, emulator.broken])
      const answered = await response.text()
      return { status: response.status, text: answered, body: (answered.startsWith('{') ? JSON.parse(answered) : {}) as Body }
    }
    const register = async (): Promise<{ readonly id: string; readonly token: string; readonly email: string }> => {
      const email = `${randomUUID()}@example.org`
      const { status, body, text } = await call('api', 'POST', '/auth/register', { json: { email, password: PASSWORD } })
      expect(status, text).toBe(201)
      return { email, id: body.user.id, token: body.accessToken }
    }
    const whoAmI = (headers: Sent['headers'] = {}): Promise<Answer> => call('whoAmI', 'POST', '', { json: { data: null }, headers })

    test('somebody registers, signs in, asks who it is and signs out', async () => {
      const { email, id } = await register()
      const { body } = await call('api', 'POST', '/auth/login', { json: { email, password: PASSWORD } })
      const token = body.accessToken
      expect((await call('api', 'GET', '/auth/me', { token })).body.user.id).toBe(id)
      expect((await call('api', 'POST', '/auth/logout', { token })).status).toBe(204)
      expect((await call('api', 'GET', '/auth/sessions', { token })).status).toBe(401)
    })

    test('posts: everybody reads, who is signed in writes, and nobody without the role deletes', async () => {
      const { token } = await register()
      const json = { title: 'A title', text: 'A text' }
      expect((await call('posts', 'POST', '/posts', { json })).status).toBe(401)
      const created = await call('posts', 'POST', '/posts', { json, token })
      expect(created.status, created.text).toBe(201)
      expect((await call('posts', 'GET', '/posts')).text).toContain(created.body.id)
      expect((await call('posts', 'DELETE', `/posts/${created.body.id}`, { token })).status).toBe(403)
      expect((await call('posts', 'GET', '/posts/')).status).toBe(404)
    })

    test('JSON that is none is refused by us, not by the parser in front', async () => {
      const { token } = await register()
      const refused = [await call('api', 'POST', '/auth/login', { text: '{"email"' }), await call('posts', 'POST', '/posts', { text: '{', token })]
      for (const { status, body } of refused) expect([status, body.type]).toEqual([400, 'urn:sallyport:problem:malformed-body'])
    })

    test('a callable knows who calls by the header that was named for it', async () => {
      const { id, token } = await register()
      expect(await whoAmI({ 'x-sallyport-authorization': `Bearer ${token}` })).toMatchObject({
        status: 200,
        body: { result: { userId: id, roles: [] } },
      })
    })

    test('a callable refuses with the codes of HttpsError', async () => {
      const { token } = await register()
      const unauthenticated = {
        status: 401,
        body: { error: { status: 'UNAUTHENTICATED', details: { type: 'urn:sallyport:problem:unauthenticated' } } },
      }
      expect(await whoAmI()).toMatchObject(unauthenticated)
      expect(await whoAmI({ 'x-sallyport-authorization': `Bearer ${token}x` })).toMatchObject(unauthenticated)
      expect(await whoAmI({ cookie: `__Host-sallyport-access=${token}`, origin: 'https://evil.example' })).toMatchObject({
        status: 403,
        body: { error: { status: 'PERMISSION_DENIED', details: { type: 'urn:sallyport:problem:cross-site' } } },
      })
    })

    test('a token without signature, which the emulator takes for a user of Firebase, is nobody', async () => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const now = Math.floor(Date.now() / 1000)
      const claims = {
        iss: 'https://securetoken.google.com/demo-sallyport',
        aud: 'demo-sallyport',
        sub: 'eve',
        iat: now,
        exp: now + 3600,
        auth_time: now,
      }
      const unsigned = `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...claims, firebase: { sign_in_provider: 'password' } })}.`
      const answer = await whoAmI({ authorization: `Bearer ${unsigned}` })
      expect(answer).toMatchObject({ status: 401, body: { error: { status: 'UNAUTHENTICATED' } } })
      // Refused by our guard, which says so, and not by Firebase, which would not.
      expect(answer.body.error?.details?.type).toBe('urn:sallyport:problem:unauthenticated')
      expect(emulator.output()).toContain('"auth":"VALID"')
    })

    test('what was written to the logs has no secret in it', async () => {
      const { token } = await register()
      expect(emulator.output()).toContain('"audit":"user.registered"')
      for (const secret of [token, PASSWORD, ...Object.values(SECRETS), '@example.org']) expect(emulator.output().includes(secret)).toBe(false)
    })
  })
})
