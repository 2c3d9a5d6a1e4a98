import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AwsCredentials } from './aws-credentials.ts'
import type { OperationName } from './dynamo-transport.ts'
import { DynamoError } from './dynamo-error.ts'
import { leanTransport } from './lean-transport.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly connection: number
}

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A server that does as told, and remembers what it got, over which connection. */
async function service(
  answer: (response: ServerResponse, nth: number, received: Received) => void,
): Promise<{ readonly endpoint: string; readonly received: Received[] }> {
  const received: Received[] = []
  const connections = new Map<unknown, number>()
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => (body += part))
    request.on('end', () => {
      const connection = connections.get(request.socket) ?? connections.size
      connections.set(request.socket, connection)
      received.push({ headers: request.headers, body, connection })
      answer(response, received.length - 1, received.at(-1)!)
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

const fixed: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session token',
}
const transportTo = (endpoint: string, more = {}): ReturnType<typeof leanTransport> =>
  leanTransport({ region: 'eu-central-1', endpoint, credentials: async () => fixed, ...more })
const get = { TableName: 't', Key: { pk: { S: 'a' }, sk: { S: 'b' } }, ConsistentRead: true } as const
const time = { timeoutMs: 5000 }
const ok = (response: ServerResponse): unknown => response.end('{}')
const refuse = (response: ServerResponse, type: string, headers = {}): unknown =>
  response.writeHead(400, { ...headers }).end(JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message: 'secret headers' }))

describe('leanTransport', () => {
  it('sends what the SDK would: the protocol of DynamoDB, signed for its region, over one connection', async () => {
    const { endpoint, received } = await service((response) => ok(response))
    const transport = transportTo(endpoint, { clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) } })
    await transport.call('GetItem', get, time)
    await transport.call('GetItem', get, time)
    expect(received.map(({ connection }) => connection)).toEqual([0, 0])
    expect(received[0]).toMatchObject({
      body: JSON.stringify(get),
      headers: {
        host: endpoint.slice('http://'.length),
        'content-type': 'application/x-amz-json-1.0',
        'content-length': String(JSON.stringify(get).length),
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-date': '20260102T030405Z',
        'x-amz-security-token': 'session token',
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\/eu-central-1\/dynamodb\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
        ) as string,
      },
    })
    transport.close()
    transport.close()
  })

  it('reads an answer that comes in pieces, characters cut in two', async () => {
    const answer = Buffer.from('{"Item":{"name":{"S":"Łódź"}}}')
    const { endpoint } = await service((response) => {
      response.write(answer.subarray(0, 24))
      setImmediate(() => response.end(answer.subarray(24)))
    })
    const transport = transportTo(endpoint)
    expect(await transport.call('GetItem', get, time)).toEqual({ Item: { name: { S: 'Łódź' } } })
    transport.close()
  })

  it('answers null for no item, and keeps stored items out of what an error shows', async () => {
    const { endpoint } = await service((response) =>
      response.writeHead(400).end('{"__type":"x#ConditionalCheckFailedException","Item":{"hash":{"S":"stored"}}}'),
    )
    const error: unknown = await transportTo(endpoint)
      .call('GetItem', get, time)
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ type: 'ConditionalCheckFailedException', status: 400, item: { hash: { S: 'stored' } } })
    expect(JSON.stringify(error)).not.toContain('stored')
  })

  it('repeats a request whose kept connection is dead, once, over a new one, if that is safe', async () => {
    for (const [operation, input, repeated] of [
      ['GetItem', get, true],
      ['Query', { TableName: 't', KeyConditionExpression: '' }, true],
      ['TransactWriteItems', { TransactItems: [], ClientRequestToken: 'token' }, true],
      ['UpdateItem', { ...get, UpdateExpression: '' }, false],
      ['PutItem', { TableName: 't', Item: {} }, false],
      ['DeleteItem', get, false],
    ] as const) {
      const { endpoint, received } = await service((response, nth) => (nth >= 3 && nth < 5 ? response.socket?.destroy() : ok(response)))
      const transport = transportTo(endpoint)
      const send = () => transport.call<OperationName>(operation, input, time)
      // Three connections are kept; the fourth request finds one of them dead, and with it the others.
      await Promise.all([send(), send(), send()])
      // A new connection that breaks is a failure of its own, and is left to the stores.
      await expect(send()).rejects.toMatchObject({ type: 'NetworkError', status: null })
      expect(received).toHaveLength(repeated ? 5 : 4)
      if (!repeated) await expect(send()).rejects.toThrow(DynamoError)
      await send()
      transport.close()
      server?.close()
    }
  })

  it('is silent about one dead connection', async () => {
    const { endpoint, received } = await service((response, nth) => (nth === 1 ? response.socket?.destroy() : ok(response)))
    const transport = transportTo(endpoint)
    await transport.call('GetItem', get, time)
    await transport.call('GetItem', get, time)
    expect(received.map(({ connection }) => connection)).toEqual([0, 0, 1])
    transport.close()
  })

  it('takes fresh credentials when AWS says that they are over, once', async () => {
    const fresh = { ...fixed, sessionToken: 'fresh' }
    const { endpoint, received } = await service((response, _, { headers }) =>
      headers['x-amz-security-token'] === 'fresh' ? ok(response) : refuse(response, 'ExpiredTokenException'),
    )
    await transportTo(endpoint, { credentials: async (refused?: AwsCredentials) => (refused === fixed ? fresh : fixed) }).call('GetItem', get, time)
    expect(received).toHaveLength(2)
    await expect(transportTo(endpoint).call('GetItem', get, time)).rejects.toMatchObject({ type: 'ExpiredTokenException' })
    expect(received).toHaveLength(4)
  })

  it('corrects its clock by what DynamoDB says, and signs right from then on', async () => {
    const here = Date.UTC(2026, 0, 1)
    const there = here + 3_600_000
    const { endpoint, received } = await service((response, _, { headers }) =>
      headers['x-amz-date'] === '20260101T010000Z'
        ? ok(response)
        : refuse(response, 'InvalidSignatureException', { Date: new Date(there).toUTCString() }),
    )
    const transport = transportTo(endpoint, { clock: { now: () => here } })
    await transport.call('GetItem', get, time)
    await transport.call('GetItem', get, time)
    expect(received).toHaveLength(3)
    const wrong = await service((response) => refuse(response, 'InvalidSignatureException', { Date: new Date(here).toUTCString() }))
    const error: unknown = await transportTo(wrong.endpoint, { clock: { now: () => here } })
      .call('GetItem', get, time)
      .catch((reason: unknown) => reason)
    expect(wrong.received).toHaveLength(1)
    expect(String(error)).toBe('DynamoError: DynamoDB answered HTTP 400, InvalidSignatureException')
  })

  it('settles in time when nobody answers, answers only in part, connects or has credentials', async () => {
    const silent = await service((response, nth) => nth === 0 && response.writeHead(200).write('{"It'))
    const never = new Promise<never>(() => {})
    for (const transport of [
      transportTo(silent.endpoint),
      transportTo(silent.endpoint),
      transportTo(silent.endpoint, { credentials: () => never }),
      // TEST-NET-1 (RFC 5737): nobody is there, or the network says so at once.
      transportTo('http://192.0.2.1', { connectTimeoutMs: 30 }),
    ]) {
      await expect(transport.call('GetItem', get, { timeoutMs: 100 })).rejects.toMatchObject({
        type: expect.stringMatching('TimeoutError|NetworkError') as string,
      })
    }
  })

  it('has a name for every failure', async () => {
    const { endpoint } = await service((response, nth) => response.writeHead(nth === 0 ? 200 : 502).end('<html>'))
    const transport = transportTo(endpoint)
    await expect(transport.call('GetItem', get, time)).rejects.toMatchObject({ type: 'NetworkError' })
    await expect(transport.call('GetItem', get, time)).rejects.toMatchObject({ type: 'HTTP 502', status: 502 })
    const poor = transportTo(endpoint, { credentials: () => Promise.reject(new Error('none')) })
    await expect(poor.call('GetItem', get, time)).rejects.toMatchObject({ type: 'CredentialsError' })
    const broken = transportTo(endpoint, {
      credentials: () => {
        throw new Error('none')
      },
    })
    await expect(broken.call('GetItem', get, time)).rejects.toMatchObject({ type: 'CredentialsError' })
  })

  it('looks for DynamoDB where the region has it when it is told no endpoint', async () => {
    const asked: string[] = []
    const lookup = vi.spyOn(process.getBuiltinModule('node:dns'), 'lookup').mockImplementation(((
      name: string,
      _: object,
      done: (error: Error) => void,
    ) => {
      asked.push(name)
      done(new Error('There is none.'))
    }) as never)
    for (const region of ['eu-central-1', 'cn-north-1', 'eusc-de-east-1']) {
      const transport = leanTransport({ region, credentials: async () => fixed })
      await expect(transport.call('GetItem', get, time)).rejects.toBeInstanceOf(DynamoError)
      transport.close()
    }
    lookup.mockRestore()
    const hosts = ['eu-central-1.amazonaws.com', 'cn-north-1.amazonaws.com.cn', 'eusc-de-east-1.amazonaws.eu'].map((each) => `dynamodb.${each}`)
    expect(asked).toEqual(hosts)
  })

  it('refuses an endpoint or region that is none', () => {
    for (const options of [{ endpoint: 'localhost' }, { endpoint: 'ftp://localhost' }, { region: 'evil.example/' }, { region: '' }]) {
      expect(() => leanTransport({ region: 'eu-central-1', credentials: async () => fixed, ...options })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      )
    }
  })
})
