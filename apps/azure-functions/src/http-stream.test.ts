import { domainOver, describeHttp } from '@sallyport/conformance'
import { azureHandler } from '@sallyport/platform-azure-functions'
import { memoryStores } from '@sallyport/store-memory'
import { mountOnHost } from '../testing/mount-on-host.ts'

const mount = mountOnHost('stream')

describeHttp('@azure/functions with enableHttpStream over memory', {
  domain: domainOver(memoryStores),
  changes: {
    // The library takes cookies as objects.
    rewritesCookies: true,
    adds: { 'x-ms-invocation-id': 'how the host has named the invocation; it lets the header of the library through' },
  },
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
