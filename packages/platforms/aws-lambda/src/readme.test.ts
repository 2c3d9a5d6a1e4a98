import { readFileSync } from 'node:fs'
import { contextOf, guard as guardOf, protectedRoutes } from '@sallyport/guard'
import type { HttpHandler } from '@sallyport/http'
import { expect, test } from 'vitest'
import { httpApi } from '../testing/fronts.ts'
import { guardParts, principal as person } from '../testing/guard-parts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { lambdaGuard, lambdaHandler } from './index.ts'

test('the sample in the README is this code, and works', async () => {
  const handle: HttpHandler = () => ({ status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{"status":"ok"}' })
  const editor = person('ada', ['editor'])
  const guard = guardOf(guardParts({}))
  const onError = (error: unknown): void => expect.fail(String(error))
  // sample
  const handler = lambdaHandler({ handle, onError })

  const guarded = lambdaGuard({ guard, authorizerContext: true, onError })
  const posts = guarded(
    protectedRoutes([
      { method: 'GET', path: '/posts', rule: { access: 'public' } },
      { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
    ]),
    async (_event, _context, principal) => ({ statusCode: 200, body: principal?.userId ?? 'anybody' }),
  )
  // end
  const event = (method: string, target: string, authorizer?: object): object =>
    httpApi.event({ method, target, headers: {}, body: null }, authorizer === undefined ? {} : { authorizer })
  expect(await handler(event('GET', '/healthz'), lambdaContext())).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' })
  expect(await posts(event('GET', '/posts'), lambdaContext())).toEqual({ statusCode: 200, body: 'anybody' })
  expect(await posts(event('DELETE', '/posts/7'), lambdaContext())).toMatchObject({ statusCode: 401 })
  expect(await posts(event('DELETE', '/posts/7', contextOf({ principal: editor, transport: 'bearer' })), lambdaContext())).toEqual({
    statusCode: 200,
    body: 'ada',
  })

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
