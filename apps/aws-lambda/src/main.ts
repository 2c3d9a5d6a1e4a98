import { functionLogger } from '@sallyport/logging'
import { lambdaHandler, type LambdaFunction } from '@sallyport/platform-aws-lambda'
import { awsApplication } from './composition.ts'
import { apiConfig, secretsIn } from './config.ts'

const config = apiConfig(process.env)
const log = functionLogger({ level: config.settings.logLevel, secrets: secretsIn(config) })
const { http } = await awsApplication(config, log)

export const handler: LambdaFunction = lambdaHandler({
  handle: http.handle,
  basePath: config.basePath,
  trustedProxyHops: config.settings.trustedProxyHops,
  onError: log.error,
})
