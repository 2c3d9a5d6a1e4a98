import { systemClock, systemRandom } from '@sallyport/core'
import { guard, protectedRoutes } from '@sallyport/guard'
import { functionLogger } from '@sallyport/logging'
import { lambdaGuard, lambdaHandler, type LambdaFunction } from '@sallyport/platform-aws-lambda'
import { POSTS_ROUTES, postsFunction } from '@sallyport/sample-posts'
import { guardConfig } from './config.ts'
import { dynamodbTransport } from './dynamodb.ts'
import { guardParts } from './guard-composition.ts'
import { postsTable } from './posts-table.ts'

const config = guardConfig(process.env)
const { basePath, authorizerContext, postsTableName } = config
const log = functionLogger({ level: config.settings.logLevel })
const onError = log.error
const posts = postsTable({ transport: await dynamodbTransport(config), tableName: postsTableName })
const answer = postsFunction({ posts, clock: systemClock, random: systemRandom, onError })
const guarded = lambdaGuard({ guard: guard(await guardParts(config, log)), basePath, authorizerContext, onError })

export const handler: LambdaFunction = guarded(protectedRoutes(POSTS_ROUTES), (event, context, principal) =>
  lambdaHandler({ handle: (request) => answer(request, principal), basePath, onError })(event, context),
)
