import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What happens to one request on its way. */
export type Fault =
  /** DynamoDB never hears of it, and the connection breaks. */
  | 'unreached'
  /** It takes effect, and the connection breaks before the answer. */
  | 'lost'
  /** It takes effect, and the connection breaks within the answer. */
  | 'cut'
  /** DynamoDB never hears of it, and nobody answers. */
  | 'hang'
  /** It takes effect, and nobody answers. */
  | 'hang-after'
  | { readonly slowMs: number }
  /** Answered in DynamoDB's place, without effect. */
  | { readonly refuse: string; readonly status?: number; readonly reasons?: readonly object[] }
  /** Only the first half of a batch is done, the rest given back as unprocessed. */
  | 'half'
  /** A query's pages have two items. */
  | 'small-pages'

/** Decides about each request of one store, told apart by the prefix of its keys. `nth` counts that store's requests from 0. */
export type Rule = (call: { readonly operation: string; readonly nth: number; readonly body: string }) => Fault | null

export interface FaultProxy {
  readonly endpoint: string
  /** From now on requests whose body contains `marker` go by the rule, counted anew. */
  watch(marker: string, rule?: Rule): { readonly operations: readonly string[] }
  /** Breaks every connection that is idle, as a server does with those of a function that was frozen. */
  breakIdle(): void
  close(): void
}

/** Stands before DynamoDB Local and does to requests what networks and a busy service do; the emulator itself never throttles, conflicts or fails. */
export async function faultProxy(upstreamPort: number): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  const watched = new Map<string, { rule: Rule; operations: string[] }>()

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    const [, watch] = [...watched].find(([marker]) => body.includes(marker)) ?? []
    const fault = watch?.rule({ operation, nth: watch.operations.length, body }) ?? null
    watch?.operations.push(operation)

    if (fault === 'unreached') return void request.socket.destroy()
    if (fault === 'hang') return
    if (typeof fault === 'object' && fault !== null && 'refuse' in fault) {
      const refusal = { __type: `com.amazonaws.dynamodb.v20120810#${fault.refuse}`, message: 'by the proxy', CancellationReasons: fault.reasons }
      response.writeHead(fault.status ?? 400, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(refusal))
      return
    }
    if (typeof fault === 'object' && fault !== null) await pause(fault.slowMs)
    const [sent, unprocessed] = fault === 'half' ? halved(operation, body) : [fault === 'small-pages' ? paged(operation, body) : body, {}]
    const answer = await forward(request, sent)
    if (fault === 'lost') return void request.socket.destroy()
    if (fault === 'hang-after') return
    const text = fault === 'half' ? JSON.stringify({ ...(JSON.parse(answer.text) as object), ...unprocessed }) : answer.text
    const headers = { 'Content-Type': 'application/x-amz-json-1.0', 'Content-Length': Buffer.byteLength(text) }
    response.writeHead(answer.status, headers)
    if (fault === 'cut') {
      response.write(text.slice(0, Math.max(1, text.length >> 1)), () => request.socket.destroy())
      return
    }
    response.end(text)
  }

  function forward(request: IncomingMessage, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const { 'content-length': _length, host: _host, connection: _connection, ...headers } = request.headers
    return new Promise((resolve, reject) => {
      const upstream = httpRequest({ host: '127.0.0.1', port: upstreamPort, method: 'POST', path: '/', headers, agent }, (answer) => {
        textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject)
      })
      upstream.on('error', reject)
      upstream.end(body)
    })
  }

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watch(marker, rule = () => null) {
      const watch = { rule, operations: [] as string[] }
      watched.set(marker, watch)
      return watch
    },
    breakIdle: () => server.closeIdleConnections(),
    close() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

/** The first half of a batch, and how DynamoDB gives back the rest. */
function halved(operation: string, body: string): readonly [body: string, unprocessed: object] {
  const { RequestItems } = JSON.parse(body) as {
    readonly RequestItems: Readonly<Record<string, readonly object[] | { readonly Keys: readonly object[] }>>
  }
  const [[table, batch] = ['', []]] = Object.entries(RequestItems)
  const items = 'Keys' in batch ? batch.Keys : batch
  const part = (some: readonly object[]): object => ('Keys' in batch ? { ...batch, Keys: some } : some)
  const middle = Math.ceil(items.length / 2)
  const rest = middle < items.length ? { [table]: part(items.slice(middle)) } : {}
  const unprocessed = { [operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems']: rest }
  return [JSON.stringify({ RequestItems: { [table]: part(items.slice(0, middle)) } }), unprocessed]
}

function paged(operation: string, body: string): string {
  return operation === 'Query' ? JSON.stringify({ ...(JSON.parse(body) as object), Limit: 2 }) : body
}
