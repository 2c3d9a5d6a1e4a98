import { systemClock, systemRandom } from '@sallyport/core'
import { guard, protectedRoutes } from '@sallyport/guard'
import { lambdaGuard, lambdaHandler, type LambdaFunction } from '@sallyport/platform-aws-lambda'
import { postsFunction } from '@sallyport/sample-posts'
import { chosenChecker } from './chosen-checker.ts'
import { guardConfig } from './config.ts'
import { dynamodbTransport } from './dynamodb.ts'
import { guardParts } from './guard-composition.ts'
import { postsTable } from './posts-table.ts'
import { records } from './records.ts'
import { ROUTES } from './routes.ts'

const config = guardConfig(process.env)
const { basePath, authorizerContext, postsTableName } = config
const written = records(config)
const onError = written.error
const posts = postsTable({ transport: await dynamodbTransport(config), tableName: postsTableName })
const answer = postsFunction({ posts, clock: systemClock, random: systemRandom, onError })
const guarded = lambdaGuard({ guard: guard(await guardParts(config, chosenChecker, written)), basePath, authorizerContext, onError })

export const handler: LambdaFunction = guarded(protectedRoutes(ROUTES), (event, context, principal) =>
  lambdaHandler({ handle: (request) => answer(request, principal), basePath, onError })(event, context),
)
