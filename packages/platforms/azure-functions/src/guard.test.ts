import { describeGuard, guardAnswer } from '@sallyport/conformance'
import { protectedRoutes } from '@sallyport/guard'
import { azureRequest, invocation, written } from '../testing/azure-request.ts'
import { memoryDomain } from '../testing/kit-parts.ts'
import { azureGuard, type AzureResponse } from './index.ts'

describeGuard('azure-functions', {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async ({ guard, routes }) => {
    const guarded = azureGuard({
      guard,
      onError: (error) => {
        throw error
      },
    })
    const serve = guarded(protectedRoutes(routes), (_request, _context, principal): AzureResponse => ({
      status: 200,
      headers: {},
      cookies: [],
      body: JSON.stringify({ userId: principal?.userId ?? null }),
    }))
    return {
      ask: async ({ method, path, headers }) =>
        guardAnswer(written(await serve(azureRequest({ method, target: path, headers, body: null }), invocation()))),
      close: async () => {},
    }
  },
})
