import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a function answered, or the error that its runtime reported in the place of an answer. */
export type Outcome = { readonly answer: unknown } | { readonly error: RuntimeError }

export interface RuntimeError {
  readonly errorType: string
  readonly errorMessage: string
}

export interface RuntimeApi {
  /** `host:port`, as `AWS_LAMBDA_RUNTIME_API` names it. */
  readonly address: string
  invoke(event: unknown): Promise<Outcome>
  /** Resolves when the function could not be loaded; a function that was loaded never resolves it. */
  readonly initError: Promise<RuntimeError>
  close(): Promise<void>
}

const TIMEOUT_MS = 10_000
const NEXT = '/2018-06-01/runtime/invocation/next'
const INIT_ERROR = '/2018-06-01/runtime/init/error'
const DONE = /^\/2018-06-01\/runtime\/invocation\/([\w-]+)\/(response|error)$/

/** The service inside of Lambda from which a runtime takes events and to which it gives answers (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), for one function. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const events: { readonly id: string; readonly event: unknown }[] = []
  const waiting: ServerResponse[] = []
  const underWay = new Map<string, (outcome: Outcome) => void>()
  const initError = Promise.withResolvers<RuntimeError>()

  const deliver = (): void => {
    while (events.length > 0 && waiting.length > 0) {
      const { id, event } = events.shift()!
      waiting.shift()!.writeHead(200, headersOf(id)).end(JSON.stringify(event))
    }
  }

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? ''
      const [, id = '', kind] = DONE.exec(path) ?? []
      if (path === NEXT) {
        waiting.push(response)
        deliver()
        return
      }
      if (path === INIT_ERROR) initError.resolve(JSON.parse(body) as RuntimeError)
      else underWay.get(id)?.(kind === 'response' ? { answer: JSON.parse(body) } : { error: JSON.parse(body) as RuntimeError })
      underWay.delete(id)
      response.writeHead(202).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initError: initError.promise,
    invoke: (event) =>
      new Promise((resolve) => {
        const id = randomUUID()
        underWay.set(id, resolve)
        events.push({ id, event })
        deliver()
      }),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function headersOf(id: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(Date.now() + TIMEOUT_MS),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:sallyport-test',
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
