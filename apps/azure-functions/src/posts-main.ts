import { app, type HttpRequest, type InvocationContext } from '@azure/functions'
import { systemClock, systemRandom } from '@sallyport/core'
import { protectedRoutes } from '@sallyport/guard'
import { plainProblem } from '@sallyport/http'
import { functionLogger } from '@sallyport/logging'
import { POSTS_ROUTES, postsFunction } from '@sallyport/sample-posts'
import { azureGuard, azureResponse, readRequest } from '@sallyport/platform-azure-functions'
import { guardConfig } from './config.ts'
import { EVERY_METHOD } from './every-method.ts'
import { guardOverRedis } from './guard-composition.ts'
import { redisClient } from './redis-client.ts'
import { redisPosts } from './redis-posts.ts'

// Before anything that can fail: to the host an app that fails before its first function is one without functions, and it says nothing of the failure.
app.setup({ enableHttpStream: true })
app.http('posts', { route: 'posts/{id?}', methods: EVERY_METHOD, authLevel: 'anonymous', handler: (request, context) => handler(request, context) })

const config = guardConfig(process.env)
const log = functionLogger({ level: config.settings.logLevel, secrets: [config.password] })
const client = redisClient(config)
const answerTo = postsFunction({ posts: redisPosts({ client, prefix: config.prefix }), clock: systemClock, random: systemRandom, onError: log.error })
const deadlineMs = config.deadlineSeconds * 1000
const guarded = azureGuard({ guard: guardOverRedis(config, client, log), deadlineMs, onError: log.error })
const handler = guarded(protectedRoutes(POSTS_ROUTES), async (request: HttpRequest, context: InvocationContext, principal) => {
  const plain = await readRequest(request, context, { deadlineMs })
  if (plain === null) return azureResponse(plainProblem('malformed-body', context.invocationId), context.invocationId)
  return azureResponse(await answerTo(plain, principal), plain.requestId)
})
