import type { HttpResponse } from '@sallyport/http'
import { describe, expect, it } from 'vitest'
import type { FrontChanges } from './front-changes.ts'
import { inProcess } from './in-process.ts'
import type { KitRequest, KitResponse, SendRequest } from './kit-message.ts'
import { witness } from './witness.ts'

const REQUEST: KitRequest = { method: 'GET', target: '/x', headers: {}, body: null }
const COOKIE = 'a=B; Max-Age=60; Path=/Here; Secure; HttpOnly; SameSite=Lax'
const GIVEN: HttpResponse = { status: 401, headers: { 'www-authenticate': 'Bearer', 'x-a': '1' }, cookies: [COOKIE], body: 'é' }

/** Sends one request through a platform that makes this of the answer. */
function through(change: (response: KitResponse) => KitResponse, front: FrontChanges = {}): Promise<KitResponse> {
  const { handle, send } = witness(() => GIVEN, front)
  const mounted = inProcess(handle)
  return send(async (request) => change(await mounted(request)))(REQUEST)
}

const withHeaders =
  (headers: KitResponse['headers']) =>
  (response: KitResponse): KitResponse => ({ ...response, headers: { ...response.headers, ...headers } })
const withCookie =
  (cookie: string) =>
  (response: KitResponse): KitResponse => ({ ...response, cookies: [cookie] })

describe('what a client sees', () => {
  it('may have the headers of its connection, and no other length than its own', async () => {
    await through(withHeaders({ connection: 'close', date: 'now', 'content-length': '2', 'keep-alive': 'timeout=5', 'transfer-encoding': 'chunked' }))
    await expect(through(withHeaders({ 'content-length': '1' }))).rejects.toThrow('another length')
  })

  it('may have what the front is declared to add, and nothing else', async () => {
    const front = { adds: { 'x-front': 'its own' } }
    expect((await through(withHeaders({ 'x-front': '1' }), front)).headers).not.toHaveProperty('x-front')
    await expect(through(withHeaders({ 'x-front': '1' }))).rejects.toThrow('other headers')
    await expect(through(withHeaders({ 'x-other': '1' }), front)).rejects.toThrow('other headers')
  })

  it('has to have what the front is declared to rename under the other name, with the value that was given', async () => {
    const front = { renames: { 'www-authenticate': 'x-renamed' } }
    const renamed =
      (value: string) =>
      (response: KitResponse): KitResponse => ({ ...response, headers: { 'x-a': '1', 'x-request-id': 'in-process', 'x-renamed': value } })
    expect((await through(renamed('Bearer'), front)).headers['www-authenticate']).toBe('Bearer')
    await expect(through(renamed('Basic'), front)).rejects.toThrow('other headers')
    await expect(through((response) => response, front)).rejects.toThrow('other headers')
    await expect(through(withHeaders({ 'x-renamed': 'Bearer' }), front)).rejects.toThrow('other headers')
  })

  it.each(['a=B; secure; httponly; path=/Here; samesite=lax; max-age=60', 'a=B; SameSite=Lax; HttpOnly; Secure; Path=/Here; Max-Age=60'])(
    'may have a cookie that the front is declared to write anew: %s',
    async (cookie) => {
      await through(withCookie(cookie), { rewritesCookies: true })
      await expect(through(withCookie(cookie))).rejects.toThrow('other cookies')
    },
  )

  it.each([
    'a=b; max-age=60; path=/Here; secure; httponly; samesite=lax',
    'A=B; max-age=60; path=/Here; secure; httponly; samesite=lax',
    'a=B; max-age=61; path=/Here; secure; httponly; samesite=lax',
    'a=B; max-age=60; path=/here; secure; httponly; samesite=lax',
    'a=B; max-age=60; path=/Here; secure; samesite=lax',
    'a=B; max-age=60; path=/Here; secure; httponly; samesite=strict',
    'a=B; max-age=60; path=/Here; secure; httponly; samesite=lax; domain=example.org',
  ])('must not have another cookie: %s', async (cookie) => {
    await expect(through(withCookie(cookie), { rewritesCookies: true })).rejects.toThrow('other cookies')
  })
})

it('tells requests apart that are under way at once, whatever they are called', async () => {
  const { handle, send } = witness(async ({ path }) => ({ ...GIVEN, body: path }), {})
  const mounted = inProcess(handle)
  const waiting: (() => void)[] = []
  const swapped: SendRequest = async (request) => {
    const response = await mounted(request)
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 2) for (const go of waiting.toReversed()) go()
    })
    return request.target === '/mixed-up' ? { ...response, body: '/a' } : response
  }
  const both = (target: string) => Promise.allSettled(['/a', target].map((each) => send(swapped)({ ...REQUEST, target: each })))
  expect((await both('/b')).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  waiting.length = 0
  expect((await both('/mixed-up')).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
