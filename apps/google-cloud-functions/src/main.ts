import { secretsOf } from '@sallyport/composition'
import { cloudLogger, type GoogleFunction, googleHandler, keepBodiesRaw } from '@sallyport/platform-google-functions'
import { googleApplication } from './composition.ts'
import { apiConfig } from './config.ts'

keepBodiesRaw()
const config = apiConfig(process.env)
const { settings, front, deadlineSeconds } = config
const log = cloudLogger(settings.logLevel, secretsOf(settings))
const { http } = await googleApplication(config, log)

export const api: GoogleFunction = googleHandler({
  handle: http.handle,
  trustedProxyHops: settings.trustedProxyHops,
  front: front === 'none' ? null : front,
  deadlineMs: deadlineSeconds * 1000,
  onError: log.error,
})
