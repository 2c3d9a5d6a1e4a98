import { overSocket } from '@sallyport/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withRedis } from '../../../packages/stores/redis/testing/harness.ts'
import { deployment, type Deployment } from '../testing/deployment.ts'

const PASSWORD = 'harbour walnut lantern'
const POST = JSON.stringify({ title: 'First', text: 'Of many.' })

interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly cookies: readonly string[]
  readonly json: {
    readonly user: { readonly id: string; readonly email: string }
    readonly accessToken: string
    readonly refreshToken?: string
    readonly posts: readonly { readonly id: string; readonly authorId: string }[]
    readonly id: string
    readonly authorId: string
    readonly type: string
  }
}

type Headers = { readonly [name: string]: string }

withRedis('the function apps behind a stand-in for the Azure host, over Redis', () => {
  describe.each(['jwt', 'session'])('the deployed function apps, %s strategy', (strategy) => {
    let running: Deployment
    const seen = new Set<string>([PASSWORD])
    let people = 0

    beforeAll(async () => {
      running = await deployment({ SALLYPORT_STRATEGY: strategy })
    })
    afterAll(() => running.close())

    const send = async (url: string, method: string, target: string, headers: Headers, body: string | null): Promise<Answer> => {
      const typed = body === null ? headers : { 'content-type': 'application/json', ...headers }
      const answer = await overSocket(url)({ method, target, headers: typed, body })
      const json = JSON.parse(answer.body === '' ? '{}' : answer.body) as Answer['json']
      for (const token of [json.accessToken, json.refreshToken]) if (token !== undefined) seen.add(token)
      return { ...answer, json }
    }
    const api = (method: string, target: string, headers: Headers = {}, body: object | null = null): Promise<Answer> =>
      send(running.api.url, method, target, headers, body === null ? null : JSON.stringify(body))
    const posts = (method: string, target: string, headers: Headers = {}, body: string | null = null): Promise<Answer> =>
      send(running.posts.url, method, target, headers, body)
    const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` })

    const registered = async (): Promise<{ readonly email: string; readonly token: string; readonly refreshToken?: string; readonly id: string }> => {
      const email = `ada${++people}@example.org`
      const { status, json } = await api('POST', '/auth/register', {}, { email, password: PASSWORD })
      expect(status).toBe(201)
      return { email, token: json.accessToken, id: json.user.id, ...(json.refreshToken === undefined ? {} : { refreshToken: json.refreshToken }) }
    }
    const asEditor = async (): Promise<string> => {
      const { email, id } = await registered()
      const user = (await running.stores.users.find(id))!
      expect(await running.stores.users.replace({ user: { ...user, roles: ['editor'], version: 2 }, identity: null, attemptId: 'a' })).toBe(
        'replaced',
      )
      return (await api('POST', '/auth/login', {}, { email, password: PASSWORD })).json.accessToken
    }

    it('register, log in, refresh and tell who is asking', async () => {
      const { email, token, refreshToken } = await registered()
      expect((await api('GET', '/auth/me', bearer(token))).json.user.email).toBe(email)
      const refresh = refreshToken === undefined ? api('POST', '/auth/refresh', bearer(token)) : api('POST', '/auth/refresh', {}, { refreshToken })
      expect((await refresh).status).toBe(200)
      expect((await api('POST', '/auth/login', {}, { email, password: 'wrong horse battery' })).status).toBe(401)
    })

    it('sign in and out by cookies, which survive the host', async () => {
      const { email } = await registered()
      const origin = { origin: running.api.url }
      const login = await api('POST', '/auth/login', origin, { email, password: PASSWORD, transport: 'cookie' })
      expect(login.cookies.length).toBe(strategy === 'jwt' ? 2 : 1)
      for (const line of login.cookies)
        expect(line).toMatch(/^__Host-sallyport-(?:access|refresh)=[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
      const cookie = login.cookies.map((line) => line.split(';')[0] ?? '').join('; ')
      seen.add(/=([^;]+)/.exec(cookie)?.[1] ?? '')
      expect((await api('GET', '/auth/sessions', { cookie })).status).toBe(200)
      expect((await posts('POST', '/posts', { cookie, ...origin }, POST)).status).toBe(201)
      expect((await posts('POST', '/posts', { cookie }, POST)).status).toBe(403)
      const logout = await api('POST', '/auth/logout', { cookie, ...origin })
      expect([logout.status, logout.cookies.length]).toEqual([204, 2])
      for (const line of logout.cookies) expect(line).toContain('Max-Age=0')
      expect((await api('GET', '/auth/sessions', { cookie })).status).toBe(401)
    })

    it('let everybody read posts, who is signed in write, and an editor delete', async () => {
      const { token, id: author } = await registered()
      expect((await posts('POST', '/posts', {}, POST)).status).toBe(401)
      const created = await posts('POST', '/posts', bearer(token), POST)
      expect([created.status, created.json.authorId]).toEqual([201, author])
      const { id } = created.json
      expect((await posts('GET', '/posts')).json.posts.map((post) => post.id)).toContain(id)
      expect((await posts('DELETE', `/posts/${id}`)).status).toBe(401)
      expect((await posts('DELETE', `/posts/${id}`, bearer(token))).status).toBe(403)
      const editor = bearer(await asEditor())
      expect((await posts('DELETE', `/posts/${id}`, editor)).status).toBe(204)
      expect((await posts('DELETE', `/posts/${id}`, editor)).status).toBe(404)
      expect((await posts('GET', '/posts')).json.posts.map((post) => post.id)).not.toContain(id)
    })

    it('refuse posts that are none', async () => {
      const token = bearer((await registered()).token)
      const statuses = await Promise.all(
        ['', '{', '[]', '{"title":"x"}', '{"title":"","text":"y"}', '{"title":"x","text":1}', '{"title":"x","text":"y","z":1}'].map(
          async (body) => (await posts('POST', '/posts', token, body)).status,
        ),
      )
      expect(statuses).toEqual([400, 400, 422, 422, 422, 422, 422])
      expect((await posts('POST', '/posts', { ...token, 'content-type': 'text/plain' }, POST)).status).toBe(415)
      expect((await posts('POST', '/posts', token, JSON.stringify({ title: 'x', text: 'y'.repeat(70_000) }))).status).toBe(413)
    })

    it.each([
      ['/posts/', 404],
      ['/POSTS', 404],
      ['//posts', 404],
      ['/%70osts', 401],
    ])('let nobody write past a rule by another spelling: %s', async (target, status) => {
      expect((await posts('POST', target, {}, POST)).status).toBe(status)
    })

    it('refuse who has signed out', async () => {
      const { token } = await registered()
      expect((await posts('POST', '/posts', bearer(token), POST)).status).toBe(201)
      expect((await api('POST', '/auth/logout', bearer(token))).status).toBe(204)
      expect((await api('GET', '/auth/sessions', bearer(token))).status).toBe(401)
      // In the jwt strategy the guard learns of it when the token ends: that is the revocation bound.
      expect((await posts('POST', '/posts', bearer(token), POST)).status).toBe(strategy === 'jwt' ? 201 : 401)
    })

    it('believe nobody who writes who they are into a header', async () => {
      const { id } = await registered()
      const claimed = { 'x-ms-client-principal': Buffer.from(JSON.stringify({ userId: id, userRoles: ['editor'] })).toString('base64') }
      const headers = { ...claimed, 'x-ms-client-principal-id': id, 'x-ms-client-principal-name': 'ada', 'x-ms-client-principal-idp': 'aad' }
      expect((await posts('POST', '/posts', headers, POST)).status).toBe(401)
      expect((await api('GET', '/auth/me', headers)).status).toBe(401)
    })

    it('take a body of unknown length, and no endless one', async () => {
      const { email } = await registered()
      const login = (size: number): Promise<Response> => {
        const body = JSON.stringify({ email, password: PASSWORD.padEnd(size, 'x') })
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: new Blob([body]).stream(), duplex: 'half' }
        return fetch(`${running.api.url}/auth/login`, init as RequestInit)
      }
      expect((await login(0)).status).toBe(200)
      expect((await login(70_000)).status).toBe(413)
      expect((await login(900_000)).status).toBe(413)
    })

    it('count and log the address that the front end saw', async () => {
      const headers = { 'x-forwarded-for': '6.6.6.6' }
      expect((await api('POST', '/auth/login', headers, { email: 'nobody@example.org', password: PASSWORD })).status).toBe(401)
      const line = running.api
        .output()
        .split('\n')
        .findLast((each) => each.includes('"audit":"login.failed"'))
      expect(JSON.parse(line ?? '{}')).toMatchObject({ network: '127.0.0.0/24' })
    })

    it('answer 503 while Redis is gone, and have written no secret anywhere', async () => {
      const { email, token } = await registered()
      await running.killStore()
      const down = [await api('POST', '/auth/login', {}, { email, password: PASSWORD }), await posts('GET', '/posts')]
      for (const { status, headers } of down) expect([status, headers['retry-after']]).toEqual([503, '1'])
      expect((await posts('POST', '/posts', bearer(token), POST)).status).toBe(503)
      const output = running.api.output() + running.posts.output()
      for (const secret of [...running.secrets, ...seen]) expect(output).not.toContain(secret)
    })
  })
})
