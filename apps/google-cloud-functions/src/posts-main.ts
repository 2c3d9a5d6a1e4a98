import { systemClock, systemRandom } from '@sallyport/core'
import { protectedRoutes } from '@sallyport/guard'
import { cloudLogger, type GoogleFunction, googleGuard, keepBodiesRaw, requestBody, sendResponse } from '@sallyport/platform-google-functions'
import { datastorePosts, POSTS_ROUTES, postsFunction } from '@sallyport/sample-posts'
import { openDatastoreClient } from '@sallyport/store-datastore'
import { guardConfig } from './config.ts'
import { guardOverDatastore } from './guard-composition.ts'

keepBodiesRaw()
const config = guardConfig(process.env)
const log = cloudLogger(config.settings.logLevel)
const client = await openDatastoreClient(config)
const answerTo = postsFunction({ posts: datastorePosts({ ...config, client }), clock: systemClock, random: systemRandom, onError: log.error })
const guarded = googleGuard({
  guard: guardOverDatastore(config, client, log),
  front: config.front === 'none' ? null : config.front,
  deadlineMs: config.deadlineSeconds * 1000,
  onError: log.error,
})

export const posts: GoogleFunction = guarded(protectedRoutes(POSTS_ROUTES), async (request, response, principal) => {
  const body = await requestBody(request)
  // Nobody is there, or the deadline was missed meanwhile and a 503 told its client to come again.
  if (body === 'aborted' || response.writableEnded) return
  const { method = '', url = '' } = request
  const [path = ''] = url.split('?', 1)
  const requestId = String(response.getHeader('x-request-id'))
  const answer = await answerTo({ method, path, query: '', headers: request.headers, body, address: null, requestId }, principal)
  sendResponse(response, answer)
})
