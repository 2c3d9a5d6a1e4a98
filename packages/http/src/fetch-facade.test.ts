import { describe, expect, it } from 'vitest'
import { PASSWORD, PUBLIC_URL, testApplication } from '../test/test-application.ts'
import { fetchHandler } from './fetch-facade.ts'
import { MAX_BODY_BYTES, type HttpRequest } from './http-message.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

describe('the Fetch facade', () => {
  it('serves Request with Response, cookies one line each', async () => {
    const app = await testApplication({ strategy: 'jwt' })
    const serve = fetchHandler(app.handle, { address: () => '203.0.113.7' })
    await app.registered()
    const body = JSON.stringify({ email: 'ada@example.com', password: PASSWORD, transport: 'cookie' })
    const login = await serve(new Request(`${PUBLIC_URL}/auth/login`, { method: 'POST', headers: { ...JSON_TYPE, origin: PUBLIC_URL }, body }))
    expect(login.status).toBe(200)
    const lines = login.headers.getSetCookie()
    expect(lines.map((line) => line.split('=')[0])).toEqual(['__Host-sallyport-access', '__Host-sallyport-refresh'])
    const cookie = lines.map((line) => line.split(';')[0]).join('; ')
    const sessions = await serve(new Request(`${PUBLIC_URL}/auth/sessions?limit=1`, { headers: { cookie } }))
    expect(((await sessions.json()) as { sessions: unknown[] }).sessions).toHaveLength(1)
    const out = await serve(new Request(`${PUBLIC_URL}/auth/logout`, { method: 'POST', headers: { cookie, origin: PUBLIC_URL } }))
    expect([out.status, out.body, out.headers.getSetCookie().length]).toEqual([204, null, 2])
  })

  it('stops reading at the limit', async () => {
    const app = await testApplication()
    const serve = fetchHandler(app.handle, { address: () => null })
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++
        controller.enqueue(new Uint8Array(16 * 1024))
      },
    })
    const response = await serve(new Request(`${PUBLIC_URL}/auth/login`, { method: 'POST', headers: JSON_TYPE, body: endless, duplex: 'half' }))
    expect(response.status).toBe(413)
    expect(pulled).toBeLessThan((2 * MAX_BODY_BYTES) / (16 * 1024))
  })

  it('passes on what it was given, and names each request', async () => {
    const seen: HttpRequest[] = []
    const handle = (request: HttpRequest) => {
      seen.push(request)
      return { status: 204, headers: {}, cookies: [], body: '' }
    }
    const serve = fetchHandler(handle, { address: (request) => request.headers.get('x-real-ip') })
    await serve(new Request(`${PUBLIC_URL}/a%2Fb?x=%20&y`, { headers: { 'x-real-ip': '192.0.2.1' } }))
    await fetchHandler(handle, { address: () => null, requestId: () => 'mine' })(new Request(`${PUBLIC_URL}/`, { method: 'POST', body: 'ä' }))
    expect(seen[0]).toMatchObject({
      method: 'GET',
      path: '/a%2Fb',
      query: 'x=%20&y',
      headers: { 'x-real-ip': '192.0.2.1' },
      body: null,
      address: '192.0.2.1',
    })
    expect(seen[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen[1]).toMatchObject({ method: 'POST', path: '/', query: '', address: null, requestId: 'mine' })
    expect(seen[1]?.body).toEqual(Buffer.from('ä'))
  })
})
