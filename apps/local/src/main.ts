import { secretsOf, startupReport } from '@sallyport/composition'
import { nodeLogger, nodeServer, runProcess } from '@sallyport/platform-node'
import { localApplication } from './composition.ts'
import { localConfig } from './config.ts'

await runProcess(async ({ onStop }) => {
  const config = localConfig(process.env)
  const { settings } = config
  const log = nodeLogger({ level: settings.logLevel, secrets: secretsOf(settings) })
  const server = nodeServer({ trustedProxyHops: settings.trustedProxyHops, onAccess: log.access, onError: log.error })
  onStop(server.close)
  const url = await server.listen(settings)
  const application = localApplication(config, log, url)
  onStop(application.close)
  onStop(log.flush)
  await application.ready()
  server.serve(application.http.handle)
  process.stdout.write(startupReport({ ...config, application, url, store: `SQLite, ${config.databasePath}` }))
})
