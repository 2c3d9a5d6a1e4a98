import { overSocket } from '@sallyport/conformance'
import { app } from '@azure/functions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azureHost, type AzureHost } from '../testing/azure-host.ts'
import { answerCoreApi } from '../testing/core-api.ts'

const core = answerCoreApi()

app.http('echo', {
  route: 'Echo/{name}/{kind?}',
  methods: ['GET', 'POST'],
  handler: async (request) => ({
    jsonBody: { url: request.url.replace(/^http:\/\/[^/]*/, ''), x: request.query.get('x'), params: request.params, text: await request.text() },
  }),
})
app.http('cookies', {
  handler: () => ({
    headers: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    cookies: [{ name: 'c', value: 'x y=', maxAge: 0, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }],
  }),
})
app.http('fails', { handler: () => Promise.reject(new Error('a secret')) })
app.http('forwarded', { handler: ({ headers }) => ({ body: headers.get('x-forwarded-for') ?? '' }) })
app.http('rest', { route: '{*path}', methods: ['GET'], handler: ({ params }) => ({ body: `rest ${params['path']}` }) })

let host: AzureHost
beforeAll(async () => {
  host = await azureHost({ core, decodePaths: true })
})
afterAll(() => host.close())

const get = (target: string, headers = {}) => overSocket(host.url)({ method: 'GET', target, headers, body: null })
const echoed = async (target: string): Promise<unknown> => JSON.parse((await get(target)).body) as unknown

// What the real host and worker do, and what the apps of this house therefore must not rely on.
describe('the stand-in for host and worker, in RPC mode', () => {
  it('takes the most specific route, in any case and with a slash at the end', async () => {
    for (const target of ['/echo/ada', '/ECHO/ada', '/Echo/ada/'])
      expect(await echoed(target)).toMatchObject({ url: target, params: { name: 'ada' } })
    expect(await echoed('/echo/ada/x')).toMatchObject({ params: { name: 'ada', kind: 'x' } })
    expect((await get('/echo')).body).toBe('rest echo')
  })

  it('finds nothing for a method that is not listed', async () => {
    const answer = await overSocket(host.url)({ method: 'DELETE', target: '/echo/ada', headers: {}, body: null })
    expect([answer.status, answer.body]).toEqual([404, ''])
  })

  it('decodes what needs no escape, takes dot segments out, and leaves an escaped slash', async () => {
    expect(await echoed('/%65cho/a%2Fb/../%7e?y=%41')).toMatchObject({ url: '/echo/~?y=%41' })
    expect(await echoed('/echo/a%2Fb')).toMatchObject({ url: '/echo/a%2Fb' })
  })

  it('joins a parameter that came twice; the URL still has both', async () => {
    expect(await echoed('/echo/ada?x=1&x=2')).toMatchObject({ url: '/echo/ada?x=1&x=2', x: '1,2' })
  })

  it('keeps the last Set-Cookie of the headers, and escapes the value of a cookie', async () => {
    expect((await get('/cookies')).cookies).toEqual(['b=2', 'c=x%20y%3D; max-age=0; path=/; secure; samesite=lax; httponly'])
  })

  it('drops a body without Content-Length', async () => {
    const post = (headers: object, body: string | null) => fetch(`${host.url}/echo/ada`, { method: 'POST', headers: { ...headers }, body })
    expect(await (await post({}, 'whole')).json()).toMatchObject({ text: 'whole' })
    const chunked = await fetch(`${host.url}/echo/ada`, { method: 'POST', body: new Blob(['chunked']).stream(), duplex: 'half' })
    expect(await chunked.json()).toMatchObject({ text: '' })
  })

  it('answers 500 without a body when a function throws', async () => {
    expect(await get('/fails')).toMatchObject({ status: 500, body: '' })
  })

  it('appends the address with its port', async () => {
    expect((await get('/forwarded', { 'x-forwarded-for': '6.6.6.6' })).body).toMatch(/^6\.6\.6\.6, 127\.0\.0\.1:\d+$/)
  })
})
