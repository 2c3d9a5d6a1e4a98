import { randomUUID } from 'node:crypto'
import { grpc } from 'google-gax'

/** By name, as gRPC calls them. */
export const status: typeof grpc.status = grpc.status

/** What happens to one request: it fails on the way there, on the way back (Datastore did it), gets no answer (done or not), or a late one. */
export type Fault =
  { readonly before: grpc.status } | { readonly after: grpc.status } | { readonly hang: 'before' | 'after' } | { readonly slowMs: number }

export type Method = (typeof METHODS)[number]

/** A gRPC server in front of an emulator that passes everything on, but for what it is told to break. */
export interface FaultyWire {
  readonly address: string
  /** Asked once for each request from now on, with how many of that method and namespace there were since. */
  break(choose: (method: Method, index: number) => Fault | null): void
  /** Every request since the last `break` or `mend`, in order. */
  readonly seen: readonly Method[]
  mend(): void
  close(): void
}

/** What the wire tells tests apart by, however many run at once: it stands in every request. */
export function freshNamespace(): string {
  return `test-${randomUUID()}`
}

const METHODS = ['Lookup', 'RunQuery', 'Commit'] as const
const SERVICE = '/google.datastore.v1.Datastore'
const asItIs = (bytes: Buffer): Buffer => bytes

export async function faultyWire(emulator: string): Promise<FaultyWire> {
  const upstream = new grpc.Client(emulator, grpc.credentials.createInsecure())
  let choose: (method: Method, index: number) => Fault | null = () => null
  let seen: { readonly method: Method; readonly namespace: string | undefined }[] = []

  function handle(method: Method): grpc.handleUnaryCall<Buffer, Buffer> {
    return (call, answer) => {
      const namespace = /test-[\da-f-]{36}/.exec(call.request.toString('latin1'))?.[0]
      const index = seen.filter((each) => each.method === method && each.namespace === namespace).length
      const fault = choose(method, index)
      seen.push({ method, namespace })
      const fail = (code: grpc.status): void => answer({ code, details: 'planted' })
      if (fault !== null && 'before' in fault) return fail(fault.before)
      if (fault !== null && 'hang' in fault && fault.hang === 'before') return
      upstream.makeUnaryRequest(`${SERVICE}/${method}`, asItIs, asItIs, call.request, call.metadata, {}, (error, value) => {
        if (fault !== null && 'hang' in fault) return
        if (fault !== null && 'after' in fault && error === null) return fail(fault.after)
        if (fault !== null && 'slowMs' in fault) setTimeout(() => answer(error, value), fault.slowMs)
        else answer(error, value)
      })
    }
  }

  const server = new grpc.Server()
  const definition = Object.fromEntries(
    METHODS.map((method) => [
      method,
      {
        path: `${SERVICE}/${method}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: asItIs,
        requestDeserialize: asItIs,
        responseSerialize: asItIs,
        responseDeserialize: asItIs,
      },
    ]),
  )
  server.addService(definition, Object.fromEntries(METHODS.map((method) => [method, handle(method)])))
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })

  return {
    address: `127.0.0.1:${port}`,
    get seen() {
      return seen.map(({ method }) => method)
    },
    break(next) {
      seen = []
      choose = next
    },
    mend() {
      seen = []
      choose = () => null
    },
    close() {
      server.forceShutdown()
      upstream.close()
    },
  }
}
