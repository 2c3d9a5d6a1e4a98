import { keepBodiesRaw } from '@sallyport/platform-google-functions'
import { onCall, onRequest, type CallableFunction, type HttpsFunction } from 'firebase-functions/https'
import { API, GUARDED } from './function-options.ts'
import { isFor, ofInstance } from './this-instance.ts'
import type { WhoAmI } from './who-am-i-main.ts'

// Not for callables, whose bodies Firebase has to read.
if (isFor('api', 'posts')) keepBodiesRaw()
export const api: HttpsFunction = onRequest(
  API,
  ofInstance('api', async () => (await import('./api-main.ts')).api),
)
export const posts: HttpsFunction = onRequest(
  GUARDED,
  ofInstance('posts', async () => (await import('./posts-main.ts')).posts),
)
export const whoAmI: CallableFunction<unknown, Promise<WhoAmI>> = onCall(
  GUARDED,
  ofInstance('whoAmI', async () => (await import('./who-am-i-main.ts')).whoAmI),
)
