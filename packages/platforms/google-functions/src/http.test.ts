import { describeHttp, type HttpHarness, overSocket } from '@sallyport/conformance'
import { bareServer, frameworkServer } from '../testing/framework-server.ts'
import { memoryDomain } from '../testing/kit-parts.ts'
import { googleHandler } from './google-handler.ts'

const mountedBy =
  (serve: typeof frameworkServer): HttpHarness['mount'] =>
  async (handle) => {
    // A failure is a 500 to the kit, and no scenario takes that.
    const { url, close } = await serve(googleHandler({ handle, onError: () => {}, deadlineMs: 15_000 }))
    return { send: overSocket(url), close }
  }

describeHttp('Google function', { domain: memoryDomain, mount: mountedBy(frameworkServer) })
describeHttp('Google function whose body nobody has read', { domain: memoryDomain, mount: mountedBy(bareServer) })
