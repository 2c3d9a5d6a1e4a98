import { overSocket } from '@sallyport/conformance'
import { afterEach, expect, test } from 'vitest'
import { bareServer, frameworkServer, type FrameworkServer } from '../testing/framework-server.ts'
import { googleHandler } from './google-handler.ts'
import { keepBodiesRaw } from './keep-bodies-raw.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0)) await each()
})

async function lengths(serve: typeof frameworkServer): Promise<readonly [parserSees: unknown, handlerSees: unknown]> {
  let parserSees: unknown = null
  let handlerSees: unknown = null
  const run = googleHandler({
    handle: ({ body, headers }) => {
      handlerSees = [body instanceof Uint8Array ? Buffer.from(body).toString() : body, headers['content-length']]
      return { status: 200, headers: {}, cookies: [], body: '' }
    },
    onError: () => {},
  })
  const server: FrameworkServer = await serve((request, response) => {
    parserSees = request.headers['content-length'] ?? null
    return run(request, response)
  })
  undo.push(server.close)
  await overSocket(server.url)({ method: 'POST', target: '/', headers: { 'content-type': 'application/json' }, body: '{"broken"' })
  return [parserSees, handlerSees]
}

test('a parser sees no body, the handler sees all of it; undone, all is as before', async () => {
  const stop = keepBodiesRaw()
  undo.push(stop)
  expect(await lengths(frameworkServer)).toEqual([null, ['{"broken"', '9']])
  expect(await lengths(bareServer)).toEqual([null, ['{"broken"', '9']])
  stop()
  expect(await lengths(frameworkServer)).toEqual(['9', ['{"broken"', '9']])
})
