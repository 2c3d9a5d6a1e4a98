import { describeHttp } from '@sallyport/conformance'
import { azureHandler } from '@sallyport/platform-azure-functions'
import { memoryDomain } from '../testing/memory-domain.ts'
import { mountOnHost } from '../testing/mount-on-host.ts'

const mount = mountOnHost('stream')

describeHttp('@azure/functions with enableHttpStream over memory', {
  domain: memoryDomain,
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
