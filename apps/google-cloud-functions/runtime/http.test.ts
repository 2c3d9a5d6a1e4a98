import { describeHttp, overSocket } from '@sallyport/conformance'
import { afterAll } from 'vitest'
import { frameworkServer } from '../testing/framework-server.ts'
import { memoryDomain } from '../testing/memory-domain.ts'

const { url, serve, close } = await frameworkServer()
afterAll(close)

describeHttp('Google function in functions-framework itself', {
  domain: memoryDomain,
  mount: async (handle) => {
    serve(handle)
    return { send: overSocket(url), close: async () => {} }
  },
})
