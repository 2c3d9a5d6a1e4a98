import { createRequire } from 'node:module'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpsFunction } from 'firebase-functions/https'

export interface ExpressServer {
  readonly url: string
  close(): Promise<void>
}

type Parser = (request: Request, response: Response, next: (error?: unknown) => void) => void
type MakeParser = (options: object) => Parser

interface Framework {
  (): { readonly request: object; readonly response: object }
  readonly json: MakeParser
  readonly text: MakeParser
  readonly urlencoded: MakeParser
  readonly raw: MakeParser
}

/** The Express that Firebase's SDK brings along, whose requests and responses its functions expect. */
const framework = createRequire(import.meta.resolve('firebase-functions'))('express') as Framework
const app = framework()
type Request = Parameters<HttpsFunction>[0]
type Response = Parameters<HttpsFunction>[1]

const limits = {
  limit: '32mb',
  verify: (request: object, _response: unknown, rawBody: Buffer): void => void Object.assign(request, { rawBody }),
}
const parsers = [
  framework.json(limits),
  framework.text(limits),
  framework.urlencoded({ ...limits, extended: true }),
  framework.raw({ ...limits, type: '*/*' }),
]

/**
 * Serves a Firebase function with the requests and responses of Express, their bodies parsed by type and the bytes kept as `rawBody`, as functions-framework does. Without Express's
 * router: one of its packages is taken in the wrong form under the conditions with which tests resolve packages.
 */
export async function expressServer(run: HttpsFunction): Promise<ExpressServer> {
  const server = process.getBuiltinModule('node:http').createServer((message, answer) => {
    const [request, response] = dressed(message, answer)
    const parse = (index: number): void => {
      const parser = parsers[index]
      if (parser === undefined) void run(request, response)
      else parser(request, response, (error?: unknown) => (error === undefined ? parse(index + 1) : response.status(400).send('<html>')))
    }
    parse(0)
  })
  return listening(server)
}

function dressed(message: IncomingMessage, answer: ServerResponse): [Request, Response] {
  const request = Object.setPrototypeOf(message, app.request) as Request
  const response = Object.setPrototypeOf(answer, app.response) as Response
  request.res = response
  response.locals = {}
  return [request, response]
}

async function listening(server: Server): Promise<ExpressServer> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
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
