import { describeHttp } from '@sallyport/conformance'
import { azureRequest, invocation, written } from '../testing/azure-request.ts'
import { memoryDomain } from '../testing/kit-parts.ts'
import { azureHandler } from './index.ts'

describeHttp('azure-functions over memory', {
  domain: memoryDomain,
  // The host takes cookies as objects.
  changes: { rewritesCookies: true },
  mount: async (handle) => {
    const serve = azureHandler({
      handle,
      onError: (error) => {
        throw error
      },
    })
    return { send: async (request) => written(await serve(azureRequest(request), invocation())), close: async () => {} }
  },
})
