import { readFileSync } from 'node:fs'
import type { HttpHandler } from '@sallyport/http'
import { expect, test } from 'vitest'
import { lineDestination, nodeLogger, nodeServer } from './index.ts'

test('the sample in the README is this code, and works', async () => {
  const handle: HttpHandler = () => ({ status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: '{"status":"ok"}' })
  // sample
  const log = nodeLogger({ level: 'warn', destination: lineDestination(2) })
  const server = nodeServer({ trustedProxyHops: 1, onAccess: log.access, onError: log.error })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  server.serve(handle)
  const answer = await fetch(`${url}/healthz`)
  await server.close()
  // end
  expect(await answer.json()).toEqual({ status: 'ok' })

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
