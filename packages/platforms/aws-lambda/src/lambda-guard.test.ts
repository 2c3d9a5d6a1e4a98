import { TestClock } from '@sallyport/conformance'
import type { Principal, Rule } from '@sallyport/core'
import { contextOf, guard, protectedRoutes, type Guard } from '@sallyport/guard'
import type { OnError } from '@sallyport/http'
import { describe, expect, it, vi } from 'vitest'
import { albMulti, albSingle, functionUrl, httpApi, restApi, type Front, type FrontOptions } from '../testing/fronts.ts'
import { guardParts, NOW, principal } from '../testing/guard-parts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { lambdaGuard, type LambdaGuardOptions } from './lambda-guard.ts'

const SIGNED_IN: Rule = { access: 'signed-in' }
const EDITOR: Rule = { access: 'signed-in', roles: ['editor'] }
const ROUTES = protectedRoutes([
  { method: 'GET', path: '/posts', rule: { access: 'public' } },
  { method: 'POST', path: '/posts', rule: SIGNED_IN },
  { method: 'GET', path: '/posts/drafts', rule: EDITOR },
  { method: 'GET', path: '/posts/{id}', rule: SIGNED_IN },
  { method: 'DELETE', path: '/vault', rule: { ...EDITOR, strict: true } },
])

const ada = principal('ada')
const editor = principal('editor', ['editor'])
const parts = guardParts({ ada, editor })

interface Asked {
  readonly front?: Front
  readonly rule?: Rule | typeof ROUTES
  readonly target?: `${string} ${string}`
  readonly token?: string
  readonly options?: Partial<LambdaGuardOptions>
  readonly fronted?: FrontOptions
  readonly change?: (event: object) => object
}

/** Who was let in, or the status of the refusal. */
async function ask({
  front = httpApi,
  rule = ROUTES,
  target = 'POST /posts',
  token,
  options = {},
  fronted = {},
  change = (event) => event,
}: Asked): Promise<unknown> {
  const [method = '', path = ''] = target.split(' ')
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const run = lambdaGuard({ guard: guard(parts), onError: () => {}, ...options })(
    rule,
    (_event: object, _context, who: Principal | null) => who?.userId ?? null,
  )
  const result = await run(change(front.event({ method, target: path, headers, body: null }, fronted)), lambdaContext())
  return typeof result === 'object' && result !== null ? front.read(result).status : result
}

const GATEWAYS = [restApi, httpApi]
const believing = { authorizerContext: true }
/** As a REST API hands it over: every value a text. */
const asTexts = (context: object): object => Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]))

describe('without an authorizer', () => {
  it('lets in by rule and route, and answers refusals in the form of the event', async () => {
    for (const front of [restApi, httpApi, functionUrl, albMulti]) {
      expect(await ask({ front, token: 'ada' })).toBe('ada')
      expect(await ask({ front })).toBe(401)
      expect(await ask({ front, target: 'GET /posts' })).toBeNull()
      expect(await ask({ front, target: 'GET /posts/drafts', token: 'ada' })).toBe(403)
      expect(await ask({ front, target: 'GET /posts/drafts', token: 'editor' })).toBe('editor')
      expect(await ask({ front, target: 'PATCH /posts', token: 'editor' })).toBe(404)
      expect(await ask({ front, target: 'GET /other', token: 'editor' })).toBe(404)
      expect(await ask({ front, target: 'POST /posts', token: 'down' })).toBe(503)
    }
  })

  it('takes a single rule for every path', async () => {
    expect(await ask({ rule: EDITOR, target: 'GET /anything', token: 'editor' })).toBe('editor')
    expect(await ask({ rule: EDITOR, target: 'GET /anything', token: 'ada' })).toBe(403)
  })

  it('hands event and context to the function and its result back as it is', async () => {
    const event = httpApi.event({ method: 'POST', target: '/posts', headers: { authorization: 'Bearer ada' }, body: null })
    const context = lambdaContext()
    const result = { statusCode: 201 }
    const guarded = vi.fn<(...given: unknown[]) => typeof result>(() => result)
    expect(await lambdaGuard({ guard: guard(parts), onError: () => {} })(ROUTES, guarded)(event, context)).toBe(result)
    expect(guarded).toHaveBeenCalledExactlyOnceWith(event, context, ada)
  })
})

describe('the route that the gateway has chosen', () => {
  it('a slash at the end, which HTTP APIs fold and authorizers may not have seen, is refused under a rule and under routes', async () => {
    for (const rule of [SIGNED_IN, ROUTES, { access: 'public' } as const]) {
      expect(await ask({ rule, target: 'POST /posts/', token: 'ada', fronted: { template: '/posts' } })).toBe(404)
      expect(await ask({ front: restApi, rule, target: 'POST /posts/', token: 'ada', fronted: { template: '/posts' } })).toBe(404)
    }
  })

  it('must be that of the path', async () => {
    for (const front of GATEWAYS) {
      const chosen = (template: string, target: NonNullable<Asked['target']>): Promise<unknown> =>
        ask({ front, target, token: 'editor', fronted: { template } })
      expect(await chosen('/posts/{post-id}', 'GET /posts/7')).toBe('editor')
      expect(await chosen('/posts/{id}', 'GET /posts/drafts')).toBe(404)
      expect(await chosen('/posts/drafts', 'GET /posts/7')).toBe(404)
      expect(await chosen('/posts', 'GET /posts/7')).toBe(404)
      expect(await chosen('/{proxy+}', 'GET /posts/7')).toBe('editor')
      expect(await chosen('/posts/{rest+}', 'GET /posts/7')).toBe('editor')
      expect(await chosen('/other/{rest+}', 'GET /posts/7')).toBe(404)
      expect(await chosen('/odd:template', 'GET /posts/7')).toBe(404)
    }
  })

  it('what an HTTP API has decoded is judged as what it has become', async () => {
    const decoded = (event: object): object => ({ ...event, rawPath: '/posts/a/b' })
    expect(await ask({ target: 'GET /posts/a%2Fb', token: 'ada', fronted: { template: '/posts/{id}' }, change: decoded })).toBe(404)
  })

  it('stands behind stage and base path', async () => {
    expect(await ask({ token: 'ada', fronted: { template: '/posts', stage: 'prod' } })).toBe('ada')
    const mapped = { template: '/posts', domainName: 'api.example.com', basePath: '/v1' }
    expect(await ask({ front: restApi, token: 'ada', fronted: mapped, options: { basePath: '/v1' } })).toBe('ada')
    expect(await ask({ front: restApi, token: 'ada', fronted: mapped })).toBe(404)
    expect(await ask({ token: 'ada', fronted: { ...mapped, stage: 'prod' } })).toBe('ada')
  })
})

describe('with an authorizer in front', () => {
  it('its context is read only where that was asked for', async () => {
    for (const front of GATEWAYS) {
      const fronted = { authorizer: asTexts(contextOf({ principal: ada, transport: 'bearer' })) }
      expect(await ask({ front, fronted })).toBe(401)
      expect(await ask({ front, fronted, options: believing })).toBe('ada')
    }
  })

  it('its context is judged again: role, freshness of the credential, and a strict rule by the store', async () => {
    const at = (who: Principal, target: NonNullable<Asked['target']>, token?: string): Promise<unknown> =>
      ask({
        target,
        fronted: { authorizer: contextOf({ principal: who, transport: 'bearer' }) },
        options: believing,
        ...(token === undefined ? {} : { token }),
      })
    expect(await at(ada, 'GET /posts/drafts')).toBe(403)
    expect(await at(editor, 'GET /posts/drafts')).toBe('editor')
    expect(await at({ ...editor, expiresAt: NOW }, 'GET /posts/drafts')).toBe(401)
    expect(await at(editor, 'DELETE /vault')).toBe(401)
    expect(await at(ada, 'DELETE /vault', 'editor')).toBe('editor')
    expect(await at(editor, 'DELETE /vault', 'ada')).toBe(403)
  })

  it('a context that is missing or not whole lets the token decide', async () => {
    const whole = contextOf({ principal: ada, transport: 'bearer' })
    const broken = [
      {},
      { ...whole, sallyport: '1' },
      { ...whole, transport: 'query' },
      { ...whole, roles: 'editor' },
      { ...whole, expiresAt: 'never' },
      { userId: 'ada' },
      { principalId: 'ada' },
    ]
    for (const front of GATEWAYS) {
      for (const authorizer of broken) {
        expect(await ask({ front, fronted: { authorizer }, options: believing })).toBe(401)
        expect(await ask({ front, fronted: { authorizer }, options: believing, token: 'editor' })).toBe('editor')
      }
      expect(await ask({ front, options: believing })).toBe(401)
    }
  })

  it('a context where no authorizer puts one is nothing', async () => {
    const claims = (event: object): object => {
      const { requestContext } = event as { readonly requestContext: object }
      return {
        ...event,
        authorizer: contextOf({ principal: ada, transport: 'bearer' }),
        requestContext: {
          ...requestContext,
          authorizer: { ...contextOf({ principal: ada, transport: 'bearer' }), jwt: { claims: contextOf({ principal: ada, transport: 'bearer' }) } },
        },
      }
    }
    for (const front of [httpApi, functionUrl, albMulti]) expect(await ask({ front, options: believing, change: claims })).toBe(401)
  })
})

describe('failure', () => {
  it('a guarded function that throws is a 500 without detail, reported', async () => {
    const onError = vi.fn<OnError>()
    const run = lambdaGuard({ guard: guard(parts), onError })(SIGNED_IN, () => Promise.reject(new Error('secret')))
    const event = restApi.event({ method: 'GET', target: '/posts', headers: { authorization: 'Bearer ada' }, body: null })
    const result = await run(event, lambdaContext())
    expect(result).toMatchObject({ statusCode: 500 })
    expect(JSON.stringify(result)).not.toContain('secret')
    expect(onError).toHaveBeenCalledOnce()
  })

  it('a guard that breaks its promise lets nobody in', async () => {
    const broken: Guard = () => {
      throw new Error('broken')
    }
    expect(await ask({ token: 'ada', options: { guard: broken } })).toBe(500)
  })

  it('events of no known front reject, and a load balancer that drops lines is refused', async () => {
    const guarded = vi.fn<() => void>()
    const run = lambdaGuard({ guard: guard(parts), onError: () => {} })({ access: 'public' }, guarded)
    await expect(run({ Records: [] }, lambdaContext())).rejects.toThrow('none of these')
    expect(await ask({ front: albSingle, token: 'ada' })).toBe(500)
    expect(await ask({ front: albSingle, token: 'ada', options: { singleValueHeaders: true } })).toBe('ada')
    expect(guarded).not.toHaveBeenCalled()
  })

  it('time passes for a context too', async () => {
    const clock = new TestClock(NOW)
    const decide = guard({ ...parts, clock })
    const fronted = { authorizer: contextOf({ principal: ada, transport: 'bearer' }) }
    expect(await ask({ fronted, options: { ...believing, guard: decide } })).toBe('ada')
    clock.advance(3_600_000)
    expect(await ask({ fronted, options: { ...believing, guard: decide } })).toBe(401)
  })
})
