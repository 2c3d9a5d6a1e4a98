import { describe, expect, it } from 'vitest'
import { bearer, cookieHeader, PASSWORD, PUBLIC_URL, testApplication } from '../test/test-application.ts'

describe.each(['session', 'jwt'] as const)('one account, %s strategy, bearer', (strategy) => {
  it('registers, signs in, reads, refreshes, changes, lists, ends and deletes', async () => {
    const app = await testApplication({ strategy })
    const registered = await app.registered()
    expect(registered.status).toBe(201)
    expect(registered.json).toMatchObject({
      tokenType: 'Bearer',
      user: { email: 'ada@example.com', emailVerified: false, name: null, roles: [], attributes: {} },
    })
    expect(registered.cookies).toEqual([])
    expect(Object.hasOwn(registered.json, 'refreshToken')).toBe(strategy === 'jwt')

    const login = await app.send('POST', '/auth/login', { body: { email: ' ADA@example.com ', password: PASSWORD } })
    expect(login.status).toBe(200)
    const me = await app.send('GET', '/auth/me', { headers: bearer(login.json.accessToken) })
    expect(me.json).toEqual({
      user: registered.json.user,
      session: { id: login.json.session.id, authenticatedAt: '2030-01-01T00:00:00.000Z' },
      asOf: '2030-01-01T00:00:00.000Z',
    })

    const refreshed =
      strategy === 'jwt'
        ? await app.send('POST', '/auth/refresh', { body: { refreshToken: login.json.refreshToken } })
        : await app.send('POST', '/auth/refresh', { headers: bearer(login.json.accessToken) })
    expect(refreshed.status).toBe(200)
    expect(refreshed.json.session.id).toBe(login.json.session.id)
    expect(refreshed.json.expiresIn).toBe(strategy === 'jwt' ? 300 : 7 * 86_400)

    const changed = await app.send('PATCH', '/auth/me', {
      headers: bearer(login.json.accessToken),
      body: { name: 'Ada', attributes: { theme: 'dark' } },
    })
    expect(changed.json.user).toMatchObject({ name: 'Ada', attributes: { theme: 'dark' } })
    expect((await app.send('GET', '/auth/me', { headers: bearer(login.json.accessToken) })).json.user.name).toBe('Ada')

    const sessions = await app.send('GET', '/auth/sessions', { headers: bearer(login.json.accessToken), query: 'limit=1' })
    expect(sessions.json.sessions).toHaveLength(1)
    const rest = await app.send('GET', '/auth/sessions', {
      headers: bearer(login.json.accessToken),
      query: `limit=100&cursor=${sessions.json.cursor ?? ''}`,
    })
    const all = [...sessions.json.sessions, ...rest.json.sessions]
    expect(all.filter(({ current }) => current).map(({ id }) => id)).toEqual([login.json.session.id])
    expect(all).toHaveLength(2)

    const other = registered.json.session.id
    expect((await app.send('DELETE', `/auth/sessions/${other}`, { headers: bearer(login.json.accessToken) })).status).toBe(204)
    expect((await app.send('DELETE', `/auth/sessions/${other}`, { headers: bearer(login.json.accessToken) })).status).toBe(404)
    expect((await app.send('GET', '/auth/me', { headers: bearer(registered.json.accessToken) })).status).toBe(401)

    const newPassword = 'another fine passphrase'
    const wrong = await app.send('POST', '/auth/password', { headers: bearer(login.json.accessToken), body: { currentPassword: 'no', newPassword } })
    expect([wrong.status, wrong.json.type]).toEqual([403, 'urn:sallyport:problem:wrong-password'])
    app.clock.instant += 1000
    const next = await app.send('POST', '/auth/password', {
      headers: bearer(login.json.accessToken),
      body: { currentPassword: PASSWORD, newPassword },
    })
    expect(next.status).toBe(200)
    expect((await app.send('GET', '/auth/sessions', { headers: bearer(login.json.accessToken) })).status).toBe(401)
    expect((await app.send('GET', '/auth/sessions', { headers: bearer(next.json.accessToken) })).json.sessions).toHaveLength(1)

    expect((await app.send('DELETE', '/auth/sessions', { headers: bearer(next.json.accessToken), query: 'scope=others' })).status).toBe(204)
    expect((await app.send('DELETE', '/auth/me', { headers: bearer(next.json.accessToken), body: { password: PASSWORD } })).status).toBe(403)
    expect((await app.send('DELETE', '/auth/me', { headers: bearer(next.json.accessToken), body: { password: newPassword } })).status).toBe(204)
    const gone = await app.send('POST', '/auth/login', { body: { email: 'ada@example.com', password: newPassword } })
    expect([gone.status, gone.headers['www-authenticate']]).toEqual([401, 'Bearer realm="sallyport"'])
    expect(app.errors).toEqual([])
  })

  it('signs out by any token of the session', async () => {
    const app = await testApplication({ strategy })
    const first = await app.registered()
    const { accessToken, refreshToken } = first.json
    const token = refreshToken ?? accessToken
    expect((await app.send('POST', '/auth/logout', { body: { refreshToken: token } })).status).toBe(204)
    expect((await app.send('GET', '/auth/sessions', { headers: bearer(accessToken) })).status).toBe(401)
    expect((await app.send('POST', '/auth/logout', { headers: bearer(accessToken) })).status).toBe(204)
    const unknown = await app.send('POST', '/auth/logout', { headers: bearer('nonsense') })
    expect([unknown.status, unknown.headers['www-authenticate']]).toEqual([401, 'Bearer realm="sallyport", error="invalid_token"'])
    expect((await app.send('POST', '/auth/logout')).status).toBe(401)
  })
})

describe.each(['session', 'jwt'] as const)('one account, %s strategy, cookies', (strategy) => {
  const origin = { origin: PUBLIC_URL }

  it('keeps tokens in cookies and out of bodies, from sign-in to sign-out', async () => {
    const app = await testApplication({ strategy })
    await app.registered()
    const login = await app.send('POST', '/auth/login', {
      headers: origin,
      body: { email: 'ada@example.com', password: PASSWORD, transport: 'cookie' },
    })
    expect(login.status).toBe(200)
    expect(Object.keys(login.json)).toEqual(['user', 'session', 'expiresIn'])
    const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'
    const ages = strategy === 'jwt' ? [300, 7 * 86_400] : [7 * 86_400]
    expect(login.cookies.map((line) => line.replace(/=[^;]+/, ''))).toEqual(
      ages.map((age, index) => `__Host-sallyport-${index === 0 ? 'access' : 'refresh'}; Max-Age=${age}; ${attributes}`),
    )
    const cookie = cookieHeader(login)
    expect((await app.send('GET', '/auth/me', { headers: { cookie } })).status).toBe(200)
    const refreshed = await app.send('POST', '/auth/refresh', { headers: { ...origin, cookie } })
    expect(refreshed.status).toBe(200)
    expect(refreshed.cookies).toHaveLength(ages.length)
    expect(refreshed.body).not.toMatch(/[Tt]oken/)
    const next = await app.send('POST', '/auth/password', {
      headers: { ...origin, cookie: cookieHeader(refreshed) },
      body: { currentPassword: PASSWORD, newPassword: 'another fine passphrase' },
    })
    expect(next.cookies).toHaveLength(ages.length)
    expect(next.body).not.toMatch(/[Tt]oken/)
    const out = await app.send('POST', '/auth/logout', { headers: { ...origin, cookie: cookieHeader(next) } })
    expect(out.status).toBe(204)
    expect(out.cookies).toEqual([`__Host-sallyport-access=; Max-Age=0; ${attributes}`, `__Host-sallyport-refresh=; Max-Age=0; ${attributes}`])
    const again = await app.send('POST', '/auth/logout', { headers: { ...origin, cookie: '__Host-sallyport-access=junk' } })
    expect([again.status, again.cookies.length]).toEqual([401, 2])
  })
})
