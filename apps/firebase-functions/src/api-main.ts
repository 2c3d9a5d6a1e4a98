import { secretsOf } from '@sallyport/composition'
import { cloudLogger, type GoogleFunction, googleHandler } from '@sallyport/platform-google-functions'
import { firebaseApplication } from './composition.ts'
import { apiConfig } from './config.ts'

const config = apiConfig(process.env)
const { settings, deadlineSeconds } = config
const log = cloudLogger(settings.logLevel, secretsOf(settings))
const { http } = await firebaseApplication(config, log)

export const api: GoogleFunction = googleHandler({
  handle: http.handle,
  trustedProxyHops: settings.trustedProxyHops,
  deadlineMs: deadlineSeconds * 1000,
  onError: log.error,
})
