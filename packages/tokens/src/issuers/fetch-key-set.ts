import type { IncomingMessage } from 'node:http'
import { ConfigurationError } from '@sallyport/core'
import { isLoopback } from './required.ts'

/**
 * The text of a key set at an address of the configuration, never of a token. Rejects for everything but one complete answer of status 200 within its limits; follows no
 * redirect. The message names neither headers nor content.
 */
export type FetchKeySet = (url: string) => Promise<string>

export interface HttpsFetchOptions {
  /** For name look-up, connection and TLS, 1000 by default. */
  readonly connectTimeoutMs?: number
  /** For everything, 3000 by default. */
  readonly timeoutMs?: number
  /** 131,072 by default; the key sets of the large issuers have less than a tenth. */
  readonly maxBytes?: number
  /** Certificates to trust in place of Node's own list, in PEM: for an issuer inside a private network. */
  readonly ca?: string
  /** `http://localhost`, 127.0.0.1 and [::1], for an issuer in a test. Never any other host. */
  readonly allowLoopbackHttp?: boolean
}

/**
 * Over `node:https`, loaded at the first fetch, which takes no connection from a pool: one from before a freeze would be dead. Certificates are checked whatever
 * `NODE_TLS_REJECT_UNAUTHORIZED` says.
 */
export function httpsFetch({
  connectTimeoutMs = 1000,
  timeoutMs = 3000,
  maxBytes = 131_072,
  ca,
  allowLoopbackHttp = false,
}: HttpsFetchOptions = {}): FetchKeySet {
  if (![connectTimeoutMs, timeoutMs, maxBytes].every((each) => Number.isSafeInteger(each) && each > 0)) {
    throw new ConfigurationError('The limits of fetching a key set are whole numbers above 0.')
  }
  return (url) =>
    new Promise((resolve, reject) => {
      const { protocol, hostname } = new URL(url)
      const isPlain = protocol === 'http:' && allowLoopbackHttp && isLoopback(hostname)
      if (protocol !== 'https:' && !isPlain) throw new ConfigurationError('A key set is fetched by https only.')
      const request = isPlain
        ? process.getBuiltinModule('node:http').get(url, { agent: false })
        : process.getBuiltinModule('node:https').get(url, { agent: false, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      const fail = (reason: string, cause?: unknown): void => {
        clearTimeout(total)
        clearTimeout(connecting)
        reject(new Error(`The key set was not fetched: ${reason}`, { cause }))
        request.destroy()
      }
      const total = setTimeout(() => fail(`no complete answer within ${timeoutMs} ms`), timeoutMs)
      const connecting = setTimeout(() => fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs)
      request.on('socket', (socket) => socket.once(isPlain ? 'connect' : 'secureConnect', () => clearTimeout(connecting)))
      request.on('error', (cause) => fail('connection failed', cause))
      request.on('response', (response) => {
        readBody(response, maxBytes, fail, (text) => {
          clearTimeout(total)
          resolve(text)
        })
      })
    })
}

function readBody(response: IncomingMessage, maxBytes: number, fail: (reason: string) => void, done: (text: string) => void): void {
  if (response.statusCode !== 200) return fail(`status ${response.statusCode}`)
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) fail(`more than ${maxBytes} bytes`)
    else chunks.push(chunk)
  })
  response.on('error', () => fail('connection lost'))
  response.on('close', () => {
    if (response.complete && size <= maxBytes) done(Buffer.concat(chunks).toString('utf8'))
    else fail('connection lost')
  })
}
