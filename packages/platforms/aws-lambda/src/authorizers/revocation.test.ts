import { openGuardTrial, type GuardParts } from '@sallyport/conformance'
import type { StrategyName } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { gatewayCache } from '../../testing/gateway-cache.ts'
import { httpGateway, restRequestGateway, restTokenGateway, type Gateway } from '../../testing/gateways.ts'
import { memoryDomain } from '../../testing/kit-parts.ts'
import { appsyncAuthorizer } from './appsync-authorizer.ts'
import { httpPolicyAuthorizer } from './http-policy-authorizer.ts'
import { httpSimpleAuthorizer } from './http-simple-authorizer.ts'
import { restRequestAuthorizer, restTokenAuthorizer } from './rest-authorizers.ts'

const TTL = 120
/** Of the kit's domain. */
const TOKEN_LIFE = 300
const settings = { ttlSeconds: TTL, recheckedBehind: true, undeclaredPaths: 'denied' } as const
const http = { identityHeader: 'authorization', routeKeyed: true } as const

type Parts = GuardParts & typeof settings & { readonly revocation: ReturnType<typeof revocationOf> }

const revocationOf = (strategy: StrategyName) => ({
  strategy,
  accessTokenSeconds: TOKEN_LIFE,
  sessionCacheSeconds: 0,
  maximumSeconds: TOKEN_LIFE + TTL,
})

/** Only gateways that go by what the authorizer said: nothing behind asks again. */
const gateways: Readonly<Record<string, (parts: Parts) => Gateway>> = {
  'REST TOKEN': (parts) => restTokenGateway(parts, restTokenAuthorizer(parts)),
  'REST REQUEST': (parts) => restRequestGateway({ ...parts, identityHeader: 'authorization' }, restRequestAuthorizer(parts)),
  'HTTP API, policy, 1.0': (parts) => httpGateway({ ...parts, ...http, payload: '1.0', answers: 'policy' }, httpPolicyAuthorizer(parts)),
  'HTTP API, policy, 2.0': (parts) => httpGateway({ ...parts, ...http, payload: '2.0', answers: 'policy' }, httpPolicyAuthorizer(parts)),
  'HTTP API, simple': (parts) => httpGateway({ ...parts, ...http, payload: '2.0', answers: 'simple' }, httpSimpleAuthorizer(parts)),
  AppSync: (parts) => {
    const authorizer = appsyncAuthorizer({ ...parts, scheme: 'bearer', defaultRule: { access: 'signed-in' }, fields: {} })
    const cache = gatewayCache<Awaited<ReturnType<typeof authorizer>>>(parts.clock, TTL, ({ ttlOverride }) => ttlOverride)
    return async ({ headers }) => {
      const authorizationToken = String(headers['authorization'])
      const { isAuthorized } = await cache.get(authorizationToken, () => authorizer({ authorizationToken }, { awsRequestId: 'in-process' }))
      return isAuthorized ? { status: 200, context: {} } : { status: 403 }
    }
  },
}

async function openTrial(strategy: StrategyName, gateway: (parts: Parts) => Gateway) {
  const { trial, close } = await openGuardTrial(
    {
      domain: memoryDomain,
      transports: ['bearer'],
      method: 'as-sent',
      cacheSeconds: TTL,
      mount: async (parts) => {
        const send = gateway({ ...parts, ...settings, revocation: revocationOf(strategy) })
        const ask = async (request: Parameters<Gateway>[0]) =>
          (await send(request)).status === 200 ? ({ allowed: true, userId: null } as const) : ({ allowed: false, refusal: 'refused' } as const)
        return { ask, close: async () => {} }
      },
    },
    strategy,
  )
  const start = trial.clock.now()
  return {
    close,
    bound: trial.revocationBoundSeconds,
    end: () => trial.endElsewhere(),
    allowedAt: async (seconds: number): Promise<boolean> => {
      trial.clock.advance(start + seconds * 1000 - trial.clock.now())
      return (await trial.ask({ method: 'POST', path: '/posts', headers: { authorization: `Bearer ${trial.tokens.plain}` } })).allowed
    },
  }
}

/** A session that was ended at second 0, asked about by its thief at the worst moments. */
describe.each(Object.keys(gateways))('%s: a session that another instance ended', (name) => {
  it('session strategy: is let in by what the gateway had kept, and refused from the bound on', async () => {
    const { close, bound, end, allowedAt } = await openTrial('session', gateways[name]!)
    expect(bound).toBe(TTL)
    expect(await allowedAt(0)).toBe(true)
    await end()
    expect(await allowedAt(bound - 0.001)).toBe(true)
    expect(await allowedAt(bound)).toBe(false)
    await close()
  })

  it('session strategy: is refused at once where the gateway had kept nothing', async () => {
    const { close, end, allowedAt } = await openTrial('session', gateways[name]!)
    await end()
    expect(await allowedAt(0)).toBe(false)
    await close()
  })

  it('jwt strategy: is let in until its token and then what was kept of it end, and refused from the bound on', async () => {
    const { close, bound, end, allowedAt } = await openTrial('jwt', gateways[name]!)
    expect(bound).toBe(TOKEN_LIFE + TTL)
    await end()
    // Tokens expire on a whole second.
    expect(await allowedAt(TOKEN_LIFE - 1)).toBe(true)
    // AppSync is told not to keep anything for longer than the token lives.
    expect(await allowedAt(bound - 1.001)).toBe(name !== 'AppSync')
    expect(await allowedAt(bound)).toBe(false)
    await close()
  })
})

describe('a bound above the maximum', () => {
  it.each(Object.keys(gateways))('%s does not start', async (name) => {
    const tooLong = (parts: Parts): Gateway => gateways[name]!({ ...parts, revocation: { ...parts.revocation, maximumSeconds: TTL - 1 } })
    await expect(openTrial('session', tooLong)).rejects.toThrow(`An ended session could be accepted for ${TTL} s; the maximum is ${TTL - 1} s.`)
  })
})
