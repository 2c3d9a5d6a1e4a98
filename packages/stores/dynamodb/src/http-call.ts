import type { Agent, IncomingMessage, RequestOptions } from 'node:http'

export interface HttpCall {
  readonly secure: boolean
  readonly request: RequestOptions
  readonly body?: string
  readonly connectTimeoutMs: number
  readonly timeoutMs: number
}

export type HttpOutcome =
  /** `response`: for its headers, of which Node makes an object when they are first asked for. Most callers never do. */
  | { readonly answered: true; readonly status: number; readonly response: Pick<IncomingMessage, 'headers'>; readonly text: string }
  /** `stale`: the connection had been kept from before and turned out dead before any answer, as after a function was frozen. */
  | { readonly answered: false; readonly why: 'timeout' | 'network'; readonly stale: boolean; readonly cause: Error }

/** `node:https`, or `node:http` for an endpoint of this machine; loaded at the first use, and not by `import`, which would load undici. */
export function httpModule(secure: boolean): Pick<typeof import('node:http'), 'request'> & { readonly Agent: new (options: object) => Agent } {
  return secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
}

const DEAD: readonly unknown[] = ['ECONNRESET', 'EPIPE']

/** One request over HTTP/1.1, read to its end. Never rejects; settles within `timeoutMs`. */
export function httpCall({ secure, request: options, body, connectTimeoutMs, timeoutMs }: HttpCall): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let timedOut = false
    let began = false
    const request = httpModule(secure).request(options, (response) => {
      began = true
      read(response)
    })
    const expire = (): void => {
      timedOut = true
      request.destroy(new Error('no answer in time'))
    }
    const timer = setTimeout(expire, timeoutMs)
    let connecting: NodeJS.Timeout | undefined
    const settle = (outcome: HttpOutcome): void => {
      clearTimeout(timer)
      clearTimeout(connecting)
      resolve(outcome)
    }
    const fail = (cause: Error): void => {
      const stale = request.reusedSocket && !began && 'code' in cause && DEAD.includes(cause.code)
      settle({ answered: false, why: timedOut ? 'timeout' : 'network', stale, cause })
    }
    const read = (response: IncomingMessage): void => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => settle({ answered: true, status: response.statusCode ?? 0, response, text: Buffer.concat(parts).toString() }))
      response.on('error', fail)
    }
    request.on('error', fail)
    if (!request.reusedSocket) {
      request.on('socket', (socket) => {
        if (!socket.connecting) return
        connecting = setTimeout(expire, connectTimeoutMs)
        socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
      })
    }
    request.end(body)
  })
}
