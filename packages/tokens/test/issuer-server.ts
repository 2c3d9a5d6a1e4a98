import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A real server that stands in for an issuer and answers as the test says at that moment. */
export interface IssuerServer {
  readonly url: string
  readonly requests: () => number
  readonly answer: (next: Answer) => void
  readonly close: () => Promise<void>
}

export function json(value: unknown): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
}

export async function issuerServer(first: Answer, tls?: { readonly cert: string; readonly key: string }): Promise<IssuerServer> {
  let current = first
  let requests = 0
  const handle: Answer = (request, response) => {
    requests++
    current(request, response)
  }
  const server: Server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests: () => requests,
    answer: (next) => {
      current = next
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
