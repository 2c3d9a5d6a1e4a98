// The least that does the same on node:http: check, answer with the same headers and body, and with `info` write the same line a request.
import { hash, randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PublicJwk } from '@sallyport/core'
import { handBody, handCached, handJwtCheck, handSessionCheck, type HandCheck, type HandSession } from '../hand.ts'
import { ORIGIN } from '../lambda-event.ts'
import { AUDIENCE } from '../our-app.ts'
import { reportServer } from './report-server.ts'

/** In the environment, as JSON. */
export interface BareWork {
  readonly token: string
  readonly session: HandSession
  readonly headers: Readonly<Record<string, string>>
  readonly jwk: PublicJwk | null
  readonly log: boolean
}

const { token, session, headers, jwk, log } = JSON.parse(process.env['BENCH_WORK'] ?? '') as BareWork
const fixed = Object.entries(headers).flat()
const check: HandCheck =
  jwk === null
    ? handSessionCheck(new Map([[hash('sha256', token, 'base64url'), session]]))
    : handCached(handJwtCheck({ jwk, issuer: ORIGIN, audience: AUDIENCE }))

const server = createServer((request, response) => {
  const started = log ? performance.now() : 0
  const requestId = randomUUID()
  const status = answer(request, response, requestId)
  if (log) line(request, status, requestId, performance.now() - started)
})

function answer(request: IncomingMessage, response: ServerResponse, requestId: string): number {
  const { authorization } = request.headers
  const found = authorization?.startsWith('Bearer ') === true ? check(authorization.slice(7)) : null
  if (request.url !== '/auth/me' || request.method !== 'GET' || found === null) {
    response.writeHead(401).end()
    return 401
  }
  const body = handBody(found)
  response.writeHead(200, ['x-request-id', requestId, ...fixed, 'content-length', String(Buffer.byteLength(body))])
  response.end(body)
  return 200
}

let waiting = ''
function line({ method, url, socket }: IncomingMessage, status: number, requestId: string, durationMs: number): void {
  const entry = {
    level: 'info',
    time: new Date().toISOString(),
    method,
    path: url,
    status,
    durationMs: Math.round(durationMs * 100) / 100,
    requestId,
    network: networkOf(socket.remoteAddress),
    msg: 'request',
  }
  if (waiting === '') setTimeout(flush, 100)
  waiting += `${JSON.stringify(entry)}\n`
  if (waiting.length > 16_384) flush()
}

function flush(): void {
  writeSync(1, waiting)
  waiting = ''
}

function networkOf(address = ''): string {
  return `${address.slice(0, address.lastIndexOf('.'))}.0/24`
}

server.listen(0, '127.0.0.1', () =>
  reportServer({ port: (server.address() as AddressInfo).port, path: '/auth/me', headers: { authorization: `Bearer ${token}` } }),
)
