import { readFileSync } from 'node:fs'
import type { Guard } from '@sallyport/guard'
import type { HttpHandler } from '@sallyport/http'
import { expect, test } from 'vitest'
import { azureRequest, invocation } from '../testing/azure-request.ts'
import { azureGuard, azureHandler, type AzureContext, type AzureRequest } from './index.ts'

type Handler = (request: AzureRequest, context: AzureContext) => Promise<object>

test('the sample in the README is this code, and works', async () => {
  const handle: HttpHandler = () => ({ status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{"status":"ok"}' })
  const guard: Guard = () => ({ allowed: true, principal: { ...NOBODY, userId: 'ada' } })
  const log = { error: (): void => expect.unreachable() }
  const functions = new Map<string, Handler>()
  const app = {
    setup: (options: object) => expect(options).toEqual({ enableHttpStream: true }),
    http: (name: string, { handler }: { readonly handler: Handler; readonly [option: string]: unknown }) => void functions.set(name, handler),
  }
  const EVERY_METHOD = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  // sample
  app.setup({ enableHttpStream: true })

  const handler = azureHandler({ handle, trustedProxyHops: 1, deadlineMs: 25_000, onError: log.error })
  app.http('sallyport', { route: '{*path}', methods: EVERY_METHOD, authLevel: 'anonymous', handler })

  const guarded = azureGuard({ guard, deadlineMs: 25_000, onError: log.error })
  const transfer = guarded({ access: 'signed-in', freshSeconds: 300 }, async (_request, _context, principal) => ({
    jsonBody: { from: principal?.userId },
  }))
  app.http('transfer', { methods: ['POST'], authLevel: 'anonymous', handler: transfer })
  // end
  const call = (name: string): Promise<object> | undefined => functions.get(name)?.(azureRequest({}), invocation())
  expect(await call('sallyport')).toMatchObject({ status: 200, body: '{"status":"ok"}' })
  expect(await call('transfer')).toEqual({ jsonBody: { from: 'ada' } })

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})

const NOBODY = { sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 1 }
