import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const { createServer } = process.getBuiltinModule('node:http')

export interface FrameworkServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves a function as functions-framework does where it matters here: the whole body read first, kept as `rawBody`, and absent when there is none. */
export function frameworkServer(run: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<FrameworkServer> {
  return listening(
    createServer((request, response) => {
      if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
        run(request, response)
        return
      }
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => run(Object.assign(request, { rawBody: Buffer.concat(chunks) }), response))
    }),
  )
}

/** Serves a function with nothing in between: nobody has read the body. */
export function bareServer(run: RequestListener): Promise<FrameworkServer> {
  return listening(createServer(run))
}

async function listening(server: Server): Promise<FrameworkServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
