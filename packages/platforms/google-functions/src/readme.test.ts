import { readFileSync } from 'node:fs'
import { systemClock, type Principal } from '@sallyport/core'
import { guard as guardOf, protectedRoutes } from '@sallyport/guard'
import type { HttpHandler } from '@sallyport/http'
import { expect, test } from 'vitest'
import { frameworkServer } from '../testing/framework-server.ts'
import { HttpsError } from '../testing/https-error.ts'
import { callableGuard, googleGuard, googleHandler } from './index.ts'

const ADA = { userId: 'ada' } as Principal

test('the sample in the README is this code, and works', async () => {
  const handle: HttpHandler = () => ({ status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{"status":"ok"}' })
  const guard = guardOf({
    authorize: (token) => (token === 'x' ? { allowed: true, principal: ADA } : { allowed: false, refusal: 'unauthenticated', principal: null }),
    clock: systemClock,
    transports: ['bearer'],
    publicUrl: 'https://auth.example.org',
    allowedOrigins: [],
  })
  const onError = (error: unknown): void => expect(error).toBe(null)
  // sample
  const api = googleHandler({ handle, deadlineMs: 25_000, onError })

  const guarded = googleGuard({ guard, deadlineMs: 25_000, onError })
  const posts = guarded(
    protectedRoutes([
      { method: 'GET', path: '/posts', rule: { access: 'public' } },
      { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
    ]),
    (request, response, principal) => void response.end(`${request.method} by ${principal?.userId ?? 'anybody'}`),
  )

  const called = callableGuard({ guard, HttpsError, credentialHeader: 'x-sallyport-authorization', onError })
  const whoAmI = called({ access: 'signed-in' }, (_, principal) => ({ userId: principal?.userId ?? null }))
  // end
  const servers = await Promise.all([frameworkServer(api), frameworkServer(posts)])
  const [fromApi, listed, refused, deleted] = await Promise.all([
    fetch(`${servers[0].url}/healthz`),
    fetch(`${servers[1].url}/posts`),
    fetch(`${servers[1].url}/posts/1`, { method: 'DELETE' }),
    fetch(`${servers[1].url}/posts/1`, { method: 'DELETE', headers: { authorization: 'Bearer x' } }),
  ])
  expect(await fromApi.json()).toEqual({ status: 'ok' })
  expect([await listed.text(), refused.status, await deleted.text()]).toEqual(['GET by anybody', 401, 'DELETE by ada'])
  expect(whoAmI).toBeTypeOf('function')
  await Promise.all(servers.map(({ close }) => close()))

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
