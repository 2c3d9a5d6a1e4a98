// Both functions on this machine, bundled as they are deployed, in Google's functions-framework, over a Datastore emulator that is empty at the start and gone at the end.
// Usage: npm run local, in this folder. Needs Java and Google's Datastore emulator: docs/quick-start-google.md. Ctrl-C ends it.
import { randomBytes } from 'node:crypto'
import { findEmulator, startEmulator } from '../../../packages/stores/datastore/testing/start-emulator.ts'
import { prepareFunctions, runFunction } from './run-framework.ts'

const PORTS = { api: 8080, posts: 8081 }

const found = findEmulator('datastore')
if ('missing' in found) {
  process.stderr.write(`${found.missing}\n`)
  process.exit(69)
}
const folder = new URL('../dist/local', import.meta.url).pathname
prepareFunctions(folder)
const datastore = await startEmulator('datastore', found.jar)
const secret = (): string => randomBytes(40).toString('base64url')
const shared = {
  DATASTORE_EMULATOR_HOST: `127.0.0.1:${datastore.port}`,
  SALLYPORT_DATASTORE_PROJECT: 'demo-sallyport',
  SALLYPORT_PUBLIC_URL: `http://localhost:${PORTS.api}`,
  SALLYPORT_STRATEGY: process.env['SALLYPORT_STRATEGY'] ?? 'jwt',
}
const secrets = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }
const [api, posts] = await Promise.all([
  runFunction(folder, 'api', PORTS.api, { ...shared, ...secrets }),
  runFunction(folder, 'posts', PORTS.posts, shared),
])
process.stdout.write(`Sallyport at ${api.url}, the sample function at ${posts.url}/posts. Ctrl-C ends both.\n`)

const end = async (): Promise<void> => {
  await Promise.all([api.stop(), posts.stop()])
  await datastore.stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(0)))
