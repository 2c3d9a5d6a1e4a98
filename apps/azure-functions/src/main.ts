import { app } from '@azure/functions'
import { secretsOf } from '@sallyport/composition'
import { functionLogger } from '@sallyport/logging'
import { azureHandler } from '@sallyport/platform-azure-functions'
import { azureApplication } from './composition.ts'
import { apiConfig } from './config.ts'
import { EVERY_METHOD } from './every-method.ts'

// Before anything that can fail: to the host an app that fails before its first function is one without functions, and it says nothing of the failure.
app.setup({ enableHttpStream: true })
app.http('sallyport', { route: '{*path}', methods: EVERY_METHOD, authLevel: 'anonymous', handler: (request, context) => handler(request, context) })

const config = apiConfig(process.env)
const { settings, deadlineSeconds } = config
const log = functionLogger({ level: settings.logLevel, secrets: [config.password, ...secretsOf(settings)] })
const { handle } = azureApplication(config, log).http
const { trustedProxyHops } = settings
const handler = azureHandler({ handle, trustedProxyHops, deadlineMs: deadlineSeconds * 1000, onError: log.error })
