import { describeGuard, describeHostedGuard, guardAnswer, overSocket, refusalBy, type GuardHarness } from '@sallyport/conformance'
import { protectedRoutes } from '@sallyport/guard'
import { frameworkServer } from '../testing/framework-server.ts'
import { googleMessage } from '../testing/google-message.ts'
import { HttpsError } from '../testing/https-error.ts'
import { hosted, memoryDomain } from '../testing/kit-parts.ts'
import { callableGuard, type CallableRequest } from './callable-guard.ts'
import { googleGuard } from './google-guard.ts'

const onError = (): void => {}

const plain: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async ({ guard, routes }) => {
    const guarded = googleGuard({ guard, onError })(protectedRoutes(routes), (_, response, principal) => {
      response.writeHead(200).end(JSON.stringify({ userId: principal?.userId ?? null }))
    })
    const { url, close } = await frameworkServer(guarded)
    const send = overSocket(url)
    return { ask: async ({ method, path, headers }) => guardAnswer(await send({ method, target: path, headers, body: null })), close }
  },
}

describeGuard('Google function', plain)
describeHostedGuard('Google function', { ...plain, hosted })

const behind: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async ({ guard, routes }) => {
    const guarded = googleGuard({ guard, front: 'api-gateway', onError })(protectedRoutes(routes), (_, response, principal) => {
      response.writeHead(200).end(JSON.stringify({ userId: principal?.userId ?? null }))
    })
    const { url, close } = await frameworkServer(guarded)
    const send = overSocket(url)
    return {
      ask: async ({ method, path, headers: { authorization, ...headers } }) => {
        // What a client wrote there itself, the gateway replaces.
        const moved = { authorization: 'Bearer of-the-gateway', 'x-forwarded-authorization': authorization ?? [] }
        return guardAnswer(await send({ method, target: path, headers: { ...headers, ...moved }, body: null }))
      },
      close,
    }
  },
}

describeGuard('Google function behind API Gateway', behind)
describeHostedGuard('Google function behind API Gateway', { ...behind, hosted })

const callable: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'POST',
  answeredInFront: ['GP1', 'GP2', 'GP3', 'GP4', 'GP5', 'GP6'],
  mount: async ({ guard, routes }) => {
    const declared = protectedRoutes(routes)
    const guarded = callableGuard({ guard, HttpsError, credentialHeader: 'x-sallyport-authorization', onError })
    return {
      // A function for each route; where there is none nothing can be called.
      ask: async ({ method, path, headers: { authorization, ...headers } }) => {
        const rule = declared.find(method, path)?.rule
        if (rule === undefined) return { allowed: false, refusal: 'refused', inFront: true }
        const rawRequest = googleMessage({ ...headers, ...(authorization === undefined ? {} : { 'x-sallyport-authorization': authorization }) })
        try {
          const who = guarded(rule, (_: CallableRequest, principal) => principal?.userId ?? null)
          return { allowed: true, userId: await who({ rawRequest }, undefined) }
        } catch (error) {
          return refusalBy(error instanceof HttpsError ? error.details?.type : undefined)
        }
      },
      close: async () => {},
    }
  },
}

describeGuard('callable', callable)
describeHostedGuard('callable', { ...callable, hosted })
