import { domainOver, describeHttp, overSocket } from '@sallyport/conformance'
import { memoryStores } from '@sallyport/store-memory'
import { afterAll } from 'vitest'
import { frameworkServer } from '../testing/framework-server.ts'

const { url, serve, close } = await frameworkServer()
afterAll(close)

describeHttp('Google function in functions-framework itself', {
  domain: domainOver(memoryStores),
  mount: async (handle) => {
    serve(handle)
    return { send: overSocket(url), close: async () => {} }
  },
})
