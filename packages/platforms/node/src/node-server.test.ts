import { connect, type Socket } from 'node:net'
import { request as nodeRequest, Agent } from 'node:http'
import { MAX_BODY_BYTES, type HttpHandler, type HttpRequest, type HttpResponse } from '@sallyport/http'
import { afterEach, describe, expect, it } from 'vitest'
import { nodeServer, type AccessEntry, type NodeServer, type NodeServerOptions } from './node-server.ts'

const OK: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{"ok":true}' }

interface Running {
  readonly server: NodeServer
  readonly url: string
  readonly port: number
  readonly seen: HttpRequest[]
  readonly access: AccessEntry[]
  readonly errors: unknown[]
}

const running: NodeServer[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(running.splice(0).map((server) => server.close()))
})

async function start(handle: HttpHandler = () => OK, options: Partial<NodeServerOptions> = {}): Promise<Running> {
  const seen: HttpRequest[] = []
  const access: AccessEntry[] = []
  const errors: unknown[] = []
  const server = nodeServer({ onAccess: (entry) => access.push(entry), onError: (error) => errors.push(error), ...options })
  running.push(server)
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  server.serve((request) => {
    seen.push(request)
    return handle(request)
  })
  return { server, url: url.replace('localhost', '127.0.0.1'), port: Number(new URL(url).port), seen, access, errors }
}

/** Sends bytes as they are and returns everything until the server closes, or until `enough` is in it. */
function raw(port: number, text: string, enough: string | null = null): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    sockets.push(socket)
    let received = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      received += chunk
      if (enough !== null && received.includes(enough)) resolve(received)
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}

describe('requests', () => {
  it('gives method, path, query and headers as they came', async () => {
    const { url, seen } = await start()
    await fetch(`${url}/auth/m%65?a=1&b=%20?c`, { headers: { 'X-Thing': 'Value' } })
    expect(seen[0]).toMatchObject({ method: 'GET', path: '/auth/m%65', query: 'a=1&b=%20?c', body: null, address: '127.0.0.1' })
    expect(seen[0]?.headers['x-thing']).toBe('Value')
  })

  it('joins a body from its pieces, and tells an empty one from none', async () => {
    const { port, seen } = await start()
    const head = 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n'
    await raw(port, `${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`)
    await raw(port, `${head}content-length: 0\r\n\r\n`)
    await raw(port, `${head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`)
    expect(seen.map(({ body }) => (body instanceof Uint8Array ? Buffer.from(body).toString() : body))).toEqual(['abcde', null, null])
  })

  it('shows every line of a repeated Authorization and Content-Type', async () => {
    const { port, seen } = await start()
    const twice = 'authorization: Bearer a\r\nAuthorization: Bearer b\r\ncontent-type: text/plain\r\nContent-Type: application/json\r\n'
    await raw(port, `GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${twice}\r\n`)
    expect(seen[0]?.headers['authorization']).toEqual(['Bearer a', 'Bearer b'])
    expect(seen[0]?.headers['content-type']).toEqual(['text/plain', 'application/json'])
  })

  it('answers HEAD and 204 without a body, on a connection that stays in step', async () => {
    const { port } = await start(({ method }) => (method === 'HEAD' ? { ...OK, body: '' } : { status: 204, headers: {}, cookies: [], body: '' }))
    const both = 'HEAD / HTTP/1.1\r\nhost: a\r\n\r\nDELETE / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
    const answers = (await raw(port, both)).split('\r\n\r\n')
    expect(answers.map((part) => part.split('\r\n')[0])).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 204 No Content', ''])
    expect(answers.join()).not.toMatch(/content-length|transfer-encoding/i)
  })

  it('writes a length, each cookie in its own line, and the request id', async () => {
    const { url } = await start(() => ({ ...OK, cookies: ['a=1; Path=/', 'b=2, 3'], body: '"ü"' }), { newRequestId: () => 'made-here' })
    const answer = await fetch(url)
    expect(answer.headers.get('content-length')).toBe('4')
    expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2, 3'])
    expect(answer.headers.get('x-request-id')).toBe('made-here')
  })

  it('holds requests that come before there is a handler', async () => {
    const server = nodeServer({ onError: () => undefined })
    running.push(server)
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    const answer = fetch(url.replace('localhost', '127.0.0.1'))
    server.serve(() => OK)
    expect((await answer).status).toBe(200)
  })
})

describe('request ids', () => {
  it.each(['abcdefgh', '018f-AB_c-0123456789', 'a'.repeat(64)])('keeps %s', async (id) => {
    const { url, seen } = await start()
    await fetch(url, { headers: { 'x-request-id': id } })
    expect(seen[0]?.requestId).toBe(id)
  })

  it.each(['short', 'a'.repeat(65), 'with blank in it', 'new{"line":1}', 'ümlaut-ümlaut'])('replaces %s', async (id) => {
    const { url, seen } = await start()
    await fetch(url, { headers: { 'x-request-id': id } })
    expect(seen[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('never gives two requests the same', async () => {
    const { url, seen } = await start()
    await Promise.all(Array.from({ length: 50 }, () => fetch(url)))
    expect(new Set(seen.map(({ requestId }) => requestId)).size).toBe(50)
  })
})

describe('the client address', () => {
  const forwarded = '6.6.6.6, 203.0.113.9, 198.51.100.7'
  it.each([
    [0, forwarded, '127.0.0.1'],
    [1, forwarded, '198.51.100.7'],
    [2, forwarded, '203.0.113.9'],
    [9, forwarded, '6.6.6.6'],
    [1, null, '127.0.0.1'],
    [1, '198.51.100.7:4711', '198.51.100.7'],
    [1, '[2001:db8::1]:4711', '2001:db8::1'],
    [1, '2001:db8::1', '2001:db8::1'],
    [1, '', null],
  ])('with %i trusted hops and %s is %s', async (trustedProxyHops, header, address) => {
    const { url, seen } = await start(undefined, { trustedProxyHops })
    await fetch(url, header === null ? {} : { headers: { 'x-forwarded-for': header } })
    expect(seen[0]?.address).toBe(address)
  })
})

describe('bodies', () => {
  const tooLarge: HttpHandler = ({ body }) => (body === 'too-large' ? { ...OK, status: 413 } : OK)

  it('reads up to the limit', async () => {
    const { url, seen } = await start(tooLarge)
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(MAX_BODY_BYTES) })).status).toBe(200)
    expect(seen[0]?.body).toHaveLength(MAX_BODY_BYTES)
  })

  it('refuses an announced larger one unread, and the client that sends it all the same gets the answer', async () => {
    const { url } = await start(tooLarge)
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(MAX_BODY_BYTES + 1) })
    expect(answer.status).toBe(413)
    expect(answer.headers.get('connection')).toBe('close')
    expect(await answer.json()).toEqual({ ok: true })
  })

  it('refuses an unannounced larger one, keeping none of it, and closes', async () => {
    const { port } = await start(tooLarge)
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const received = await raw(port, `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`)
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('cuts a client that goes on sending', async () => {
    const { port } = await start(tooLarge)
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n')
    const chunk = Buffer.alloc(65_536)
    const pour = (): void => {
      while (socket.writable && socket.write(chunk));
    }
    socket.on('drain', pour).on('error', () => undefined)
    pour()
    let received = ''
    socket.on('data', (data) => (received += data.toString()))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('says 100 to a client that asks first, unless its body is too large', async () => {
    const { port } = await start(tooLarge)
    const head = 'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: '
    expect(await raw(port, `${head}2\r\n\r\nhi`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(await raw(port, `${head}70000\r\n\r\n`, '{"ok":true}')).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('never hands over a request whose client left before the end of its body', async () => {
    const { port, seen, errors, url } = await start()
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc', () => socket.destroy()),
    )
    await new Promise((resolve) => socket.once('close', resolve))
    await fetch(url)
    expect(seen.map(({ method }) => method)).toEqual(['GET'])
    expect(errors).toEqual([])
  })

  it('gives up on a client that does not finish', async () => {
    const { port, seen } = await start(undefined, { limits: { headersTimeoutMs: 60, requestTimeoutMs: 120 } })
    expect(await raw(port, 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: ')).toMatch(/^HTTP\/1\.1 408 [^]*application\/problem\+json/)
    expect(await raw(port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc')).not.toContain('200')
    expect(seen).toEqual([])
  })
})

describe('what is not HTTP', () => {
  it.each([
    ['garbage', 'hello\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    ['length and chunks', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 400],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nhost : a\r\n\r\n', 400],
    ['a zero byte', 'GET / HTTP/1.1\r\nhost: a\0b\r\n\r\n', 400],
    ['endless headers', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused and closed', async (_, text, status) => {
    const { port, seen } = await start()
    const received = await raw(port, text)
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(received.toLowerCase()).toContain('connection: close')
    expect(seen).toEqual([])
  })

  it('writes nothing into an answer that is under way', async () => {
    const gate = Promise.withResolvers<HttpResponse>()
    const { port, seen } = await start(() => gate.promise)
    const received = raw(port, 'GET / HTTP/1.1\r\nhost: a\r\n\r\nbroken\r\n\r\n')
    expect(await received).toBe('')
    gate.resolve(OK)
    expect(seen).toHaveLength(1)
  })
})

describe('handlers', () => {
  it('that throw or reject in spite of their contract are a bare 500, and reported', async () => {
    const failing = new Error('with a detail')
    const { url, errors } = await start(({ path }) => {
      if (path === '/now') throw failing
      return Promise.reject(failing)
    })
    for (const path of ['/now', '/later']) {
      const answer = await fetch(url + path)
      expect(answer.status).toBe(500)
      expect(await answer.text()).not.toContain('detail')
    }
    expect(errors).toEqual([failing, failing])
  })

  it.each([(answer: HttpResponse) => answer, (answer: HttpResponse) => Promise.resolve(answer)])(
    'whose answer cannot be written are a bare 500 too',
    async (give) => {
      const { url, errors } = await start(() => give({ ...OK, headers: { location: '/x\r\nset-cookie: a=b' } }))
      const answer = await fetch(url)
      expect(answer.status).toBe(500)
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(errors).toHaveLength(1)
    },
  )

  it('may answer a client that has gone', async () => {
    const asked = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<HttpResponse>()
    const { port, errors, access, server } = await start(() => {
      asked.resolve()
      return gate.promise
    })
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'))
    await asked.promise
    socket.destroy()
    await new Promise((resolve) => socket.once('close', resolve))
    gate.resolve(OK)
    await server.close()
    expect(errors).toEqual([])
    expect(access).toHaveLength(1)
  })

  it('are told of in one access entry for each answer, without the query', async () => {
    const { url, access } = await start(undefined, { newRequestId: () => 'the-request' })
    await fetch(`${url}/auth/me?token=abc`)
    expect(access).toEqual([
      { method: 'GET', path: '/auth/me', status: 200, durationMs: expect.any(Number) as number, requestId: 'the-request', address: '127.0.0.1' },
    ])
  })
})

describe('close', () => {
  it('finishes what is under way, takes nothing new, and leaves no connection open', async () => {
    const asked = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<HttpResponse>()
    const { server, url, port } = await start(() => {
      asked.resolve()
      return gate.promise
    })
    const agent = new Agent({ keepAlive: true })
    const answered = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      nodeRequest(url, { agent }, (answer) => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode, connection: answer.headers.connection }))
      })
        .on('error', reject)
        .end()
    })
    await asked.promise
    const silent = connect(port, '127.0.0.1')
    sockets.push(silent)
    await new Promise((resolve) => silent.once('connect', resolve))
    const closed = server.close()
    await expect(fetch(url)).rejects.toThrow()
    gate.resolve(OK)
    expect(await answered).toEqual({ status: 200, connection: 'close' })
    await closed
    agent.destroy()
  })

  it('cuts what does not end in time; twice is the same', async () => {
    const asked = Promise.withResolvers<void>()
    const { server, url } = await start(
      () => {
        asked.resolve()
        return new Promise<HttpResponse>(() => undefined)
      },
      { limits: { drainMs: 30 } },
    )
    const answer = fetch(url)
    await asked.promise
    const closed = server.close()
    expect(server.close()).toBe(closed)
    await expect(answer).rejects.toThrow()
    await closed
  })
})

describe('listen', () => {
  it('says which port is taken', async () => {
    const { port } = await start()
    const second = nodeServer({ onError: () => undefined })
    await expect(second.listen({ host: '127.0.0.1', port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken by another process`)
  })

  it('says that a host is none of this machine', async () => {
    const server = nodeServer({ onError: () => undefined })
    await expect(server.listen({ host: '203.0.113.1', port: 0 })).rejects.toThrow('is no address of this machine')
  })
})
