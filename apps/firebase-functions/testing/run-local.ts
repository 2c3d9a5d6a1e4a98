// The functions on this machine, bundled as they are deployed, in Firebase's emulator, over a Datastore emulator that is empty at the start and gone at the end.
// Usage: npm run local, in this folder. Needs Java and Google's Datastore emulator: docs/quick-start-firebase.md. Ctrl-C ends it.
import { randomBytes } from 'node:crypto'
import { findEmulator, startEmulator } from '../../../packages/stores/datastore/testing/start-emulator.ts'
import { prepareEmulator, runEmulator } from './run-emulator.ts'

const found = findEmulator('datastore')
if ('missing' in found) {
  process.stderr.write(`${found.missing}\n`)
  process.exit(69)
}
prepareEmulator('local')
const datastore = await startEmulator('datastore', found.jar)
const secret = (): string => randomBytes(40).toString('base64url')
const emulator = await runEmulator('local', {
  ports: { functions: 5001, hub: 4400, logging: 4500 },
  settings: (url) => ({ SALLYPORT_PUBLIC_URL: url('api'), SALLYPORT_STRATEGY: process.env['SALLYPORT_STRATEGY'] ?? 'jwt' }),
  secrets: { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() },
  environment: { DATASTORE_EMULATOR_HOST: `127.0.0.1:${datastore.port}` },
})
process.stdout.write(`Sallyport at ${emulator.url('api')}, the sample function at ${emulator.url('posts')}/posts. Ctrl-C ends both.\n`)

const end = async (): Promise<void> => {
  await emulator.stop()
  await datastore.stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(0)))
