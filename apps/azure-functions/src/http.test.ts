import { domainOver, describeHttp } from '@sallyport/conformance'
import { azureHandler } from '@sallyport/platform-azure-functions'
import { memoryStores } from '@sallyport/store-memory'
import { mountOnHost } from '../testing/mount-on-host.ts'

const mount = mountOnHost('rpc')

describeHttp('@azure/functions in RPC mode over memory', {
  domain: domainOver(memoryStores),
  // The host takes cookies as objects.
  changes: { rewritesCookies: true },
  mount: (handle) =>
    mount(
      azureHandler({
        handle,
        onError: (error) => {
          throw error
        },
      }),
    ),
})
