import type { ProtectedRoute } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { gatewayRoutes, identitySources } from './gateway-routes.ts'

describe('the routes of a gateway', () => {
  it('are those of the table, with the authorizer in front of all that are not public', () => {
    const routes: readonly ProtectedRoute[] = [
      { method: 'GET', path: '/posts', rule: { access: 'public' } },
      { method: 'ANY', path: '/files/{path+}', rule: { access: 'signed-in' } },
    ]
    expect(gatewayRoutes(routes)).toEqual([
      { method: 'GET', path: '/posts', routeKey: 'GET /posts', authorizer: false },
      { method: 'ANY', path: '/files/{path+}', routeKey: 'ANY /files/{path+}', authorizer: true },
    ])
  })
})

describe('identity sources', () => {
  it.each([
    ['rest-token', 300, ['method.request.header.Authorization']],
    ['rest-token', 0, ['method.request.header.Authorization']],
    ['rest-request', 300, ['method.request.header.Authorization']],
    ['rest-request', 0, []],
    ['http-policy', 300, ['$request.header.Authorization']],
    ['http-simple', 300, ['$request.header.Authorization', '$context.routeKey']],
    ['http-simple', 0, []],
  ] as const)('of %s, kept for %i s', (gateway, ttlSeconds, expected) => {
    expect(identitySources({ gateway, transports: ['bearer'], ttlSeconds })).toEqual(expected)
  })

  it('are the cookies where credentials are cookies', () => {
    expect(identitySources({ gateway: 'http-simple', transports: ['cookie'], ttlSeconds: 60 })).toEqual([
      '$request.header.Cookie',
      '$context.routeKey',
    ])
  })

  it('cannot be both under a cache', () => {
    expect(() => identitySources({ gateway: 'rest-request', transports: ['bearer', 'cookie'], ttlSeconds: 60 })).toThrow('one transport only')
    expect(identitySources({ gateway: 'rest-request', transports: ['bearer', 'cookie'], ttlSeconds: 0 })).toEqual([])
  })
})
