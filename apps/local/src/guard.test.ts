import { hostedBeside, describeGuard, describeHostedGuard, guardAnswer, overSocket, type GuardHarness } from '@sallyport/conformance'
import { handlerGuard, protectedRoutes } from '@sallyport/guard'
import { nodeServer } from '@sallyport/platform-node'
import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'
import { sqliteDomain } from '../testing/sqlite-domain.ts'

const hosted = hostedBeside({ oidc, hostedIssuers, ownAndHosted })

const onError = (error: unknown): never => {
  throw error
}

const node: GuardHarness = {
  domain: sqliteDomain,
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async ({ guard, routes }) => {
    const server = nodeServer({ onError })
    const guarded = handlerGuard({ guard, onError })
    server.serve(
      guarded(protectedRoutes(routes), (_request, principal) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        cookies: [],
        body: JSON.stringify({ userId: principal?.userId ?? null }),
      })),
    )
    const send = overSocket(await server.listen({ host: '127.0.0.1', port: 0 }))
    return {
      ask: async ({ method, path, headers }) => guardAnswer(await send({ method, target: path, headers, body: null })),
      close: () => server.close(),
    }
  },
}

describeGuard('node:http over sqlite', node)
describeHostedGuard('node:http over sqlite', { ...node, hosted })
