import { overSocket } from '@sallyport/conformance'
import { app } from '@azure/functions'
import { azureHandler } from '@sallyport/platform-azure-functions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azureHost, type AzureHost } from '../testing/azure-host.ts'
import { answerCoreApi } from '../testing/core-api.ts'

const core = answerCoreApi()

app.setup({ enableHttpStream: true })
app.http('echo', {
  handler: async (request) => ({ jsonBody: { url: request.url.replace(/^http:\/\/[^/]*/, ''), text: await request.text() } }),
})
app.http('fails', { methods: ['POST'], handler: () => Promise.reject(new Error('a secret')) })
app.http('cookies', {
  handler: () => ({
    cookies: [
      { name: 'a', value: '1' },
      { name: 'b', value: 'x y' },
    ],
  }),
})
app.http('bounded', {
  methods: ['POST'],
  handler: azureHandler({
    handle: ({ body }) => ({ status: body === 'too-large' ? 413 : 200, headers: {}, cookies: [], body: 'answered' }),
    onError: () => {},
  }),
})
app.http('deaf', { methods: ['POST'], handler: () => ({ status: 413, body: 'too large' }) })

let host: AzureHost
beforeAll(async () => {
  host = await azureHost({ core, decodePaths: true })
})
afterAll(() => host.close())

describe('the stand-in for host and worker, with enableHttpStream', () => {
  it('passes a body without Content-Length, and the query as it came', async () => {
    const init = { method: 'POST', body: new Blob(['chunked']).stream(), duplex: 'half' } as RequestInit
    expect(await (await fetch(`${host.url}/echo?x=1&x=2`, init)).json()).toEqual({ url: '/echo?x=1&x=2', text: 'chunked' })
  })

  it('sends every cookie, its value escaped', async () => {
    const answer = await overSocket(host.url)({ method: 'GET', target: '/cookies', headers: {}, body: null })
    expect(answer.cookies).toEqual(['a=1', 'b=x%20y'])
  })

  it('answers 500 without a body when a function throws', async () => {
    expect(await overSocket(host.url)({ method: 'POST', target: '/fails', headers: {}, body: 'x' })).toMatchObject({ status: 500, body: '' })
  })

  it.each([100_000, 1_100_000, 20_000_000])('has the refusal of a body of %i bytes reach its sender', async (size) => {
    const pieces = Array.from({ length: Math.ceil(size / 50_000) }, () => new Uint8Array(50_000))
    const init = { method: 'POST', body: new Blob(pieces).stream(), duplex: 'half' } as RequestInit
    const answer = await fetch(`${host.url}/bounded`, init)
    expect([answer.status, await answer.text()]).toEqual([413, 'answered'])
  })

  it('has an answer through that leaves the body unread', async () => {
    const answer = await overSocket(host.url)({ method: 'POST', target: '/deaf', headers: {}, body: 'x'.repeat(100) })
    expect(answer).toMatchObject({ status: 413, body: 'too large' })
  })
})
