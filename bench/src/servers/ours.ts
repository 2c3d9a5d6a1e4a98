// Sallyport on node:http over the memory store. Arguments: strategy, log level.
import { loadOurs } from '../bundle.ts'
import { ourApp } from '../our-app.ts'
import { reportServer } from './report-server.ts'

const [, , strategy, level] = process.argv
const { nodeLogger, nodeServer } = await loadOurs()
const app = await ourApp({ strategy: strategy === 'jwt' ? 'jwt' : 'session', hash: 'trivial', cache: true })
const log = nodeLogger({ level: level === 'info' ? 'info' : 'silent' })
const server = nodeServer({ onAccess: log.access, onError: log.error })
const url = await server.listen({ host: '127.0.0.1', port: 0 })
server.serve(app.http)

const [jwk] = await app.publicKeys()
const headers = { authorization: `Bearer ${app.accessToken}` }
reportServer({ port: Number(new URL(url).port), path: '/auth/me', headers, ...(jwk === undefined ? {} : { jwk }) })
