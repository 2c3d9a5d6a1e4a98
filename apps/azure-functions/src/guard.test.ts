import { hostedBeside, domainOver, describeGuard, describeHostedGuard, guardAnswer, type GuardHarness } from '@sallyport/conformance'
import { protectedRoutes } from '@sallyport/guard'
import { azureGuard } from '@sallyport/platform-azure-functions'
import { memoryStores } from '@sallyport/store-memory'
import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'
import { mountOnHost } from '../testing/mount-on-host.ts'

const hosted = hostedBeside({ oidc, hostedIssuers, ownAndHosted })

const mount = mountOnHost('rpc')

const rpc: GuardHarness = {
  domain: domainOver(memoryStores),
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async ({ guard, routes }) => {
    const guarded = azureGuard({
      guard,
      onError: (error) => {
        throw error
      },
    })
    const { send, close } = await mount(
      guarded(protectedRoutes(routes), (_request, _context, principal) => ({ jsonBody: { userId: principal?.userId ?? null } })),
    )
    return { ask: async ({ method, path, headers }) => guardAnswer(await send({ method, target: path, headers, body: null })), close }
  },
}

describeGuard('@azure/functions in RPC mode', rpc)
describeHostedGuard('@azure/functions in RPC mode', { ...rpc, hosted })
