// better-auth on node:http over its memory adapter.
import { toNodeHandler } from 'better-auth/node'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { betterAuthOn, betterAuthSignUp } from '../peer-apps.ts'
import { reportServer } from './report-server.ts'

const auth = await betterAuthOn('memory')
const cookie = await betterAuthSignUp(auth)
const handler = toNodeHandler(auth)
const server = createServer((request, response) => void handler(request, response))
server.listen(0, '127.0.0.1', () =>
  reportServer({ port: (server.address() as AddressInfo).port, path: '/api/auth/get-session', headers: { cookie } }),
)
