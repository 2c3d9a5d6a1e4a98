import { HttpResponse, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions'
import type { Principal } from '@sallyport/core'
import { azureGuard } from '@sallyport/platform-azure-functions'
import { expect, it } from 'vitest'
import { mountOnHost } from '../testing/mount-on-host.ts'

const mount = mountOnHost('stream')

const APP = 'https://app.example.test'
const ADA: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }
const cors = { 'access-control-allow-origin': APP, vary: 'origin' }
const guarded = azureGuard({ guard: () => ({ allowed: true, principal: ADA, cors }), onError: () => expect.unreachable() })

const cookies = [{ name: 'a', value: '1' }]

it.each([
  ['of the library’s class', () => new HttpResponse({ status: 201, jsonBody: 'hello', cookies }), [201, '"hello"', ['a=1']]],
  ['of data', () => ({ status: 201, jsonBody: 'hello', cookies, headers: new Headers({ 'x-own': '1' }) }), [201, '"hello"', ['a=1']]],
  ['without a body', () => new HttpResponse({ status: 204 }), [204, '', []]],
  ['that was fetched', () => fetch('data:text/plain,hello'), [200, 'hello', []]],
] as const)('an answer %s arrives whole through the library, and pages of an allowed origin may read it', async (_what, answer, expected) => {
  const { url, close } = await mount(guarded<HttpRequest, InvocationContext, HttpResponse | HttpResponseInit>({ access: 'signed-in' }, answer))
  try {
    const response = await fetch(url)
    expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual(expected)
    expect([response.headers.get('access-control-allow-origin'), response.headers.get('vary')]).toEqual([APP, 'origin'])
  } finally {
    await close()
  }
})
