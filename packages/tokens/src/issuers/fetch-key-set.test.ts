import { createServer, type AddressInfo } from 'node:net'
import { ConfigurationError } from '@sallyport/core'
import { afterEach, expect, test, vi } from 'vitest'
import { localhostCertificate } from '../../test/certificate.ts'
import { issuerServer, json, type Answer, type IssuerServer } from '../../test/issuer-server.ts'
import { httpsFetch } from './fetch-key-set.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function serve(answer: Answer, tls?: { readonly cert: string; readonly key: string }): Promise<IssuerServer> {
  const server = await issuerServer(answer, tls)
  closing.push(server.close)
  return server
}

/** A busy machine is no failure: what is to time out says so below. */
const unhurried = { connectTimeoutMs: 15_000, timeoutMs: 15_000 }
const local = { allowLoopbackHttp: true, ...unhurried }
const set = { keys: [{ kty: 'OKP' }] }

test('the text of an answer', async () => {
  const { url } = await serve(json(set))
  expect(await httpsFetch(local)(`${url}/keys?a=b`)).toBe(JSON.stringify(set))
})

test('by TLS, with Node’s own list of authorities or the given ones', async () => {
  const tls = localhostCertificate()
  const { url } = await serve(json(set), tls)
  expect(await httpsFetch({ ...unhurried, ca: tls.cert })(url)).toBe(JSON.stringify(set))
  for (const fetchKeySet of [httpsFetch(unhurried), httpsFetch({ ...unhurried, ca: localhostCertificate().cert })])
    await expect(fetchKeySet(url)).rejects.toThrow('connection failed')
  await expect(httpsFetch({ ...unhurried, ca: tls.cert })(url.replace('localhost', '127.0.0.1'))).rejects.toThrow('connection failed')
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  await expect(httpsFetch(unhurried)(url)).rejects.toThrow('connection failed')
  warn.mockRestore()
})

test('by http never, but on this machine where a test asks for it', async () => {
  const server = await serve(json(set))
  await expect(httpsFetch()(server.url)).rejects.toThrow(ConfigurationError)
  for (const url of [
    'http://id.example.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://10.0.0.1',
    'file:///keys',
    'data:,{}',
  ]) {
    await expect(httpsFetch(local)(url)).rejects.toThrow(ConfigurationError)
  }
  expect(server.requests()).toBe(0)
})

test.each([201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 404, 429, 500, 503])(
  'status %i is no answer, and leads nowhere',
  async (status) => {
    const target = await serve(json(set))
    const { url } = await serve((_request, response) => {
      response.writeHead(status, { location: `${target.url}/keys` })
      response.end(status === 204 || status === 304 ? undefined : JSON.stringify(set))
    })
    await expect(httpsFetch(local)(url)).rejects.toThrow(`status ${status}`)
    expect(target.requests()).toBe(0)
  },
)

test('an answer that is too large, announced or not', async () => {
  const text = JSON.stringify({ keys: ['x'.repeat(1000)] })
  const announced = await serve((_request, response) => response.writeHead(200, { 'content-length': text.length }).end(text))
  const streamed = await serve((_request, response) => {
    response.writeHead(200)
    for (let at = 0; at < text.length; at += 100) response.write(text.slice(at, at + 100))
    response.end()
  })
  for (const { url } of [announced, streamed]) {
    await expect(httpsFetch({ ...local, maxBytes: text.length - 1 })(url)).rejects.toThrow('more than')
    expect(await httpsFetch({ ...local, maxBytes: text.length })(url)).toBe(text)
  }
})

test('an answer without end is cut off at the limit', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200)
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  await expect(httpsFetch(local)(url)).rejects.toThrow('more than 131072 bytes')
})

test('a server that does not answer, stops in the middle, drips, or hangs up', async () => {
  const hang: Answer = () => undefined
  const stop: Answer = (_request, response) => {
    response.writeHead(200).write('{"keys":')
  }
  const hangUp: Answer = (request) => request.socket.destroy()
  const cut: Answer = (request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"keys":[]}', () => request.socket.destroy())
  }
  const fetchKeySet = httpsFetch({ ...local, timeoutMs: 150 })
  for (const answer of [hang, stop]) {
    const { url } = await serve(answer)
    await expect(fetchKeySet(url)).rejects.toThrow('no complete answer within 150 ms')
  }
  for (const answer of [hangUp, cut]) {
    const { url } = await serve(answer)
    await expect(httpsFetch(local)(url)).rejects.toThrow(/connection (?:failed|lost)/)
  }
})

test('a server that accepts and never speaks TLS, and a port where nobody listens', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  silent.on('connection', (socket) => socket.on('error', () => undefined).resume())
  await expect(httpsFetch({ ...unhurried, connectTimeoutMs: 100 })(`https://localhost:${port}`)).rejects.toThrow('no connection within 100 ms')
  await new Promise((resolve) => {
    silent.close(resolve)
  })
  await expect(httpsFetch(local)(`http://127.0.0.1:${port}`)).rejects.toThrow('connection failed')
})

test.each([{ timeoutMs: 0 }, { connectTimeoutMs: -1 }, { maxBytes: 1.5 }, { timeoutMs: Infinity }])('refuses the limits %j', (limits) => {
  expect(() => httpsFetch(limits)).toThrow(ConfigurationError)
})
