// The app on this machine: the routes and the authorizer of the template in serverless-offline, the functions built as they are deployed, the tables in DynamoDB Local.
// Everything in the tables is gone when it ends. Usage: npm run local, in this folder. Needs java. Ctrl-C ends it.
import { missingDynamodbLocal, startDynamodbLocal } from '../../../packages/stores/dynamodb/testing/start-dynamodb-local.ts'
import { builtFunctions } from './built-functions.ts'
import { serverlessOffline } from './install-runtime.ts'
import { startOffline } from './serverless-offline.ts'
import { freshSecrets, freshTables } from './tables.ts'

const PORT = 3000

const offlineTool = serverlessOffline()
const missing = (await missingDynamodbLocal()) ?? offlineTool.missing
if (missing !== null) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const built = builtFunctions()
const { port, stop } = await startDynamodbLocal()
const tables = await freshTables(`http://127.0.0.1:${port}`, 'sallyport')
const { url, ...offline } = await startOffline({
  modules: offlineTool.modules,
  front: 'http-api',
  functions: built.folder,
  port: PORT,
  environment: (publicUrl) => ({
    ...tables.environment,
    ...freshSecrets(),
    NODE_ENV: 'development',
    SALLYPORT_STRATEGY: process.env['SALLYPORT_STRATEGY'] ?? 'jwt',
    SALLYPORT_PUBLIC_URL: publicUrl,
    // serverless-offline keeps no verdicts.
    SALLYPORT_AUTHORIZER_TTL_SECONDS: '0',
    SALLYPORT_MAX_REVOCATION_SECONDS: '900',
    SALLYPORT_ALLOWED_ORIGINS: '',
    SALLYPORT_HOSTED_ISSUERS: '',
  }),
})
process.stdout.write(`Sallyport at ${url}, the sample function at ${url}/posts. Ctrl-C ends everything.
STORE='dynamodb:sallyport?region=eu-central-1&endpoint=http://127.0.0.1:${port}'
`)

const end = async (): Promise<void> => {
  await offline.stop()
  await tables.close()
  await stop()
  built.remove()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(0)))
