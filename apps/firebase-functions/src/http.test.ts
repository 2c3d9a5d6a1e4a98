import { domainOver, describeHttp, overSocket } from '@sallyport/conformance'
import { googleHandler, keepBodiesRaw } from '@sallyport/platform-google-functions'
import { memoryStores } from '@sallyport/store-memory'
import { onRequest } from 'firebase-functions/https'
import { afterAll } from 'vitest'
import { expressServer } from '../testing/express-server.ts'

afterAll(keepBodiesRaw())

describeHttp('Firebase onRequest', {
  domain: domainOver(memoryStores),
  mount: async (handle) => {
    // A failure is a 500 to the kit, and no scenario takes that.
    const { url, close } = await expressServer(onRequest(googleHandler({ handle, onError: () => {} })))
    return { send: overSocket(url), close }
  },
})
