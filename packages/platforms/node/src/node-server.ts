import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ConfigurationError } from '@sallyport/core'
import type { HttpHandler, HttpRequest, HttpResponse } from '@sallyport/http'
import { clientAddress } from './client-address.ts'
import { nodeHttp } from './node-modules.ts'
import { refuseMalformed } from './refuse-malformed.ts'
import { announcesBody, announcesTooMuch, discardBody, readBody, type ReadBody } from './request-body.ts'
import { requestHeaders } from './request-headers.ts'
import { sendResponse } from './send-response.ts'

export interface ServerLimits {
  /** For the whole head of a request, in milliseconds. */
  readonly headersTimeoutMs: number
  /** For a whole request with its body. */
  readonly requestTimeoutMs: number
  /** How long an idle connection stays open: longer than a load balancer in front keeps its own, which is 60 s for most. */
  readonly keepAliveTimeoutMs: number
  readonly maxHeaderBytes: number
  /** How long `close` waits for requests under way. */
  readonly drainMs: number
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  maxHeaderBytes: 16 * 1024,
  drainMs: 10_000,
}

export interface AccessEntry {
  readonly method: string
  /** Without query. */
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly requestId: string
  readonly address: string | null
}

export interface NodeServerOptions {
  /** How many proxies of the operator's own stand in front; 0 believes no header. */
  readonly trustedProxyHops?: number
  readonly limits?: Partial<ServerLimits>
  /** Called once for each answer, after it was handed to the socket. `null` costs nothing. */
  readonly onAccess?: ((entry: AccessEntry) => void) | null
  /** Told what a handler threw in spite of its contract; the client gets a bare 500. */
  readonly onError: (error: unknown, requestId: string | null) => void
  readonly newRequestId?: () => string
}

export interface NodeServer {
  /** Listens and returns the URL of it. Requests that come before `serve` wait for it. Throws `ConfigurationError` when the port is taken or not ours to take. */
  listen(where: { readonly host: string | null; readonly port: number }): Promise<string>
  /** Answers with this handler from now on. */
  serve(handle: HttpHandler): void
  /** Accepts nothing more, finishes the requests under way and closes each connection behind its answer; cuts what is left after `drainMs`. Twice: the same. */
  close(): Promise<void>
}

/** Names a caller may choose for its request; anything else is replaced, so that a log line cannot be forged or filled. */
const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/

const BROKEN: HttpResponse = {
  status: 500,
  headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  cookies: [],
  body: '{"type":"about:blank","title":"Internal error","status":500}',
}

/** node:http around a handler on plain data. A request without body is answered in the same turn of the event loop in which it was parsed. */
export function nodeServer(options: NodeServerOptions): NodeServer {
  const { trustedProxyHops = 0, onAccess = null, onError, newRequestId = randomUUID } = options
  const limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits }
  let handle: HttpHandler | null = null
  let early: (() => void)[] = []
  let closing: Promise<void> | null = null

  const finish = (message: IncomingMessage, response: ServerResponse, request: HttpRequest, startedAt: number, answer: HttpResponse): void => {
    const unread = request.body === 'too-large'
    // A client that has gone needs no answer, but its request happened.
    if (!response.destroyed) {
      sendResponse(response, answer, request.requestId, unread || closing !== null, !unread)
      if (unread) discardBody(message, () => response.end())
    }
    if (onAccess === null) return
    const { method, path, requestId, address } = request
    onAccess({ method, path, status: answer.status, durationMs: performance.now() - startedAt, requestId, address })
  }

  const fail = (message: IncomingMessage, response: ServerResponse, request: HttpRequest, startedAt: number, error: unknown): void => {
    onError(error, request.requestId)
    if (response.headersSent) response.destroy()
    else finish(message, response, request, startedAt, BROKEN)
  }

  /** An answer that cannot be written (a header with a line break in it) is a failure of its handler. */
  const deliver = (message: IncomingMessage, response: ServerResponse, request: HttpRequest, startedAt: number, answer: HttpResponse): void => {
    try {
      finish(message, response, request, startedAt, answer)
    } catch (error) {
      fail(message, response, request, startedAt, error)
    }
  }

  const respond = (message: IncomingMessage, response: ServerResponse, body: ReadBody, startedAt: number): void => {
    if (handle === null) {
      early.push(() => respond(message, response, body, startedAt))
      return
    }
    const { url = '/', method = 'GET' } = message
    const mark = url.indexOf('?')
    const headers = requestHeaders(message)
    const given = headers['x-request-id']
    const request: HttpRequest = {
      method,
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers,
      body,
      address: clientAddress(message, trustedProxyHops),
      requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : newRequestId(),
    }
    try {
      const answer = handle(request)
      if (answer instanceof Promise) {
        answer.then(
          (settled) => deliver(message, response, request, startedAt, settled),
          (error: unknown) => fail(message, response, request, startedAt, error),
        )
      } else deliver(message, response, request, startedAt, answer)
    } catch (error) {
      fail(message, response, request, startedAt, error)
    }
  }

  const onRequest = (message: IncomingMessage, response: ServerResponse): void => {
    const startedAt = onAccess === null ? 0 : performance.now()
    if (!announcesBody(message)) respond(message, response, null, startedAt)
    else void readBody(message).then((body) => (body === 'aborted' ? undefined : respond(message, response, body, startedAt)))
  }

  const server = nodeHttp.createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(2000, limits.headersTimeoutMs),
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', onRequest)
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) => {
    // RFC 9110 section 10.1.1: who asks first may be spared sending what would be refused.
    if (!announcesTooMuch(message)) response.writeContinue()
    onRequest(message, response)
  })
  server.on('clientError', refuseMalformed)

  return {
    listen: (where) => listen(server, where),
    serve(handler) {
      handle = handler
      const waiting = early
      early = []
      for (const go of waiting) go()
    },
    close() {
      closing ??= drain(server, sockets, limits.drainMs)
      return closing
    },
  }
}

async function listen(server: Server, { host, port }: { readonly host: string | null; readonly port: number }): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error & { readonly code?: string }): void => {
      const reason = LISTEN_PROBLEMS[error.code ?? ''] ?? `cannot be listened on (${error.code ?? 'unknown'})`
      reject(
        new ConfigurationError(`Port ${port}${host === null ? '' : ` of ${host}`} ${reason}. Set PORT or HOST to another one.`, { cause: error }),
      )
    }
    server.once('error', refuse)
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', refuse)
      resolve()
    })
  })
  return `http://${urlHost(host)}:${(server.address() as AddressInfo).port}`
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another process',
  EACCES: 'is not open to this user',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no address of this machine',
}

/** Loopback and "every interface" are both reached as localhost, the name for which browsers make exceptions. */
function urlHost(host: string | null): string {
  if (host === null || ['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function drain(server: Server, sockets: ReadonlySet<Socket>, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), drainMs)
    server.close(() => {
      clearTimeout(deadline)
      resolve()
    })
    // Node closes those that wait between two requests; one that has never sent anything counts as busy to it.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  })
}
