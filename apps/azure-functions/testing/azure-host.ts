import { randomUUID } from 'node:crypto'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CoreApi, RegisteredFunction } from './core-api.ts'
import { hostRoute, type HostMatch } from './host-routes.ts'
import { invoke } from './invoke.ts'
import { rpcRequest, writeRpcResponse, type HostRequest } from './rpc-http.ts'

export interface AzureHostOptions {
  readonly core: CoreApi
  /**
   * Kestrel, the host's server, decodes escapes that need none (`%6d` is `m`) and takes dot segments out before anything is matched. `false` keeps the path as it came,
   * where it is tried what stands behind.
   */
  readonly decodePaths: boolean
  /** Which function takes a request, where it is not the host's routing that is tried. */
  readonly only?: () => string
  /** Any that is free when left out. */
  readonly port?: number
}

export interface AzureHost {
  readonly url: string
  close(): Promise<void>
}

/**
 * The HTTP side of the Azure Functions host, in front of functions that were registered with {@link CoreApi}: routing, and both ways in which requests reach the worker and answers come back. In RPC mode, and
 * with `enableHttpStream` as a proxy of the library's own server. Its facts are those of host 4 and worker 3.9.1; what a function throws is a 500 without body.
 */
export async function azureHost({ core, decodePaths, only, port = 0 }: AzureHostOptions): Promise<AzureHost> {
  const { HttpUri: streamTo } = await core.model().getCapabilities({})

  const match = (request: HostRequest): HostMatch | null => {
    const registered = only === undefined ? undefined : core.functions.get(only())
    return registered === undefined ? hostRoute(core, request.method, request.path) : { registered, params: { path: request.path.slice(1) } }
  }

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = hostRequest(message, decodePaths)
    const matched = match(request)
    if (matched === null) {
      message.resume()
      response.writeHead(404).end()
    } else if (streamTo === undefined) await byRpc(core, matched, request, message, response)
    else await byProxy(core, matched, request, { message, response, streamTo })
  }

  const server = createServer((message, response) => {
    serve(message, response).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  server.listen(port, '127.0.0.1')
  await new Promise<void>((resolve) => {
    server.once('listening', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function byRpc(
  core: CoreApi,
  { registered, params }: HostMatch,
  request: HostRequest,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const body = Number(request.headers['content-length'] ?? 0) > 0 ? Buffer.concat(chunks) : Buffer.alloc(0)
  const returned = await invoke(core, registered, { id: randomUUID(), input: rpcRequest(request, params, body), triggerMetadata: {} })
  if (returned === null || returned === undefined) response.writeHead(204).end()
  else writeRpcResponse(response, returned, message)
}

interface Streamed {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly streamTo: string
}

/** The invocation by RPC without the request's body, and the request itself to the library's server, which puts the two together. */
async function byProxy(
  core: CoreApi,
  { registered, params }: { readonly registered: RegisteredFunction; readonly params: HostMatch['params'] },
  { method, url, headers }: HostRequest,
  { message, response, streamTo }: Streamed,
): Promise<void> {
  const id = randomUUID()
  const { host, protocol, pathname, search } = new URL(url)
  const route = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }]))
  const triggerMetadata = { ...route, Headers: { json: JSON.stringify(headers) } }
  const invocation = invoke(core, registered, { id, input: {}, triggerMetadata })
  const answer = new Promise<void>((resolve, reject) => {
    const forwarded = { ...headers, 'x-ms-invocation-id': id, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) }
    const outgoing = httpRequest(new URL(streamTo), { method, path: `${pathname}${search}`, headers: forwarded, agent: false }, (incoming) => {
      response.writeHead(incoming.statusCode ?? 0, incoming.rawHeaders)
      incoming.on('error', reject)
      incoming.pipe(response).on('finish', resolve).on('close', resolve)
    })
    outgoing.on('error', reject)
    message.pipe(outgoing)
    // A function that throws never answers on that connection.
    invocation.catch((cause: unknown) => {
      outgoing.destroy()
      reject(new Error('The function threw.', { cause }))
    })
  })
  await answer
}

function hostRequest(message: IncomingMessage, decodePaths: boolean): HostRequest {
  const { method = 'GET', url: target = '/', socket } = message
  const mark = target.indexOf('?')
  const sent = mark < 0 ? target : target.slice(0, mark)
  const path = decodePaths ? kestrelPath(sent) : sent
  const query = mark < 0 ? '' : target.slice(mark)
  const headers = Object.create(null) as { [name: string]: string }
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    const name = (message.rawHeaders[index] as string).toLowerCase()
    const value = message.rawHeaders[index + 1] as string
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`
  }
  // App Service's front end is the last that appends, with the port.
  const peer = `${socket.remoteAddress}:${socket.remotePort}`
  headers['x-forwarded-for'] = headers['x-forwarded-for'] === undefined ? peer : `${headers['x-forwarded-for']}, ${peer}`
  return { method, url: `http://${headers['host'] ?? 'localhost'}${path}${query}`, path, query: query.slice(1), headers }
}

/** Escapes of characters that may stand in a path as they are, which Kestrel decodes and nobody encodes again. */
function kestrelPath(sent: string): string {
  const decoded = sent.replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return /[A-Za-z0-9._~!$&'()*+,;=:@-]/.test(character) ? character : escape
  })
  return new URL(`http://host${decoded}`).pathname
}
