import { functionLogger } from '@sallyport/logging'
import { authorizerHandler, type AuthorizerHandler } from './authorizer-handler.ts'
import { guardConfig } from './config.ts'
import { guardParts } from './guard-composition.ts'

const config = guardConfig(process.env)
const log = functionLogger({ level: config.settings.logLevel })

export const handler: AuthorizerHandler = await authorizerHandler(config, await guardParts(config, log))
