import { hostedBeside, domainOver, describeGuard, describeHostedGuard, guardAnswer, overSocket, type GuardHarness } from '@sallyport/conformance'
import { protectedRoutes } from '@sallyport/guard'
import { callableGuard, googleGuard } from '@sallyport/platform-google-functions'
import { memoryStores } from '@sallyport/store-memory'
import { hostedIssuers, oidc, ownAndHosted } from '@sallyport/tokens'
import { HttpsError, onCall, onRequest } from 'firebase-functions/https'
import { expressServer } from '../testing/express-server.ts'
import { vi } from 'vitest'

const hosted = hostedBeside({ oidc, hostedIssuers, ownAndHosted })

const memoryDomain = domainOver(memoryStores)

// Firebase writes a line for each call, to the console as it is when its SDK is loaded.
vi.hoisted(() => (console.debug = () => {}))

const onError = (): void => {}

const request: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async ({ guard, routes }) => {
    const guarded = googleGuard({ guard, onError })(protectedRoutes(routes), (_, response, principal) => {
      response.writeHead(200).end(JSON.stringify({ userId: principal?.userId ?? null }))
    })
    const { url, close } = await expressServer(onRequest(guarded))
    const send = overSocket(url)
    return {
      ask: async ({ method, path, headers }) => {
        return guardAnswer(await send({ method, target: path, headers, body: null }))
      },
      close,
    }
  },
}

describeGuard('Firebase onRequest', request)
describeHostedGuard('Firebase onRequest', { ...request, hosted })

interface CallableAnswer {
  readonly result?: { readonly userId: string | null }
  readonly error?: { readonly status: string; readonly details?: { readonly type: string } }
}

const call: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'POST',
  answeredInFront: ['GP1', 'GP2', 'GP3', 'GP4', 'GP5', 'GP6'],
  mount: async ({ guard, routes }) => {
    const declared = protectedRoutes(routes)
    const guarded = callableGuard({ guard, HttpsError, credentialHeader: 'x-sallyport-authorization', onError })
    // A function for each route; where there is none nothing can be called.
    const servers = new Map(
      await Promise.all(
        routes.map(async (route) => {
          const callable = onCall(guarded(route.rule, (_, principal) => ({ userId: principal?.userId ?? null })))
          return [route, await expressServer(callable)] as const
        }),
      ),
    )
    return {
      ask: async ({ method, path, headers: { authorization, ...headers } }) => {
        const route = declared.find(method, path)
        if (route === null) return { allowed: false, refusal: 'refused', inFront: true }
        const own = authorization === undefined ? {} : { 'x-sallyport-authorization': authorization }
        const { status, body } = await overSocket(servers.get(route)!.url)({
          method: 'POST',
          target: '/',
          headers: { ...headers, ...own, 'content-type': 'application/json' },
          body: '{"data":null}',
        })
        const { result, error } = JSON.parse(body) as CallableAnswer
        return guardAnswer({ status, body: JSON.stringify(result ?? error?.details ?? {}) })
      },
      close: async () => void (await Promise.all([...servers.values()].map(({ close }) => close()))),
    }
  },
}

describeGuard('Firebase onCall', call)
describeHostedGuard('Firebase onCall', { ...call, hosted })
