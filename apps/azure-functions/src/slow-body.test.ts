import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { azureGuard, readRequest } from '@sallyport/platform-azure-functions'
import { expect, it } from 'vitest'
import { mountOnHost } from '../testing/mount-on-host.ts'

const mount = mountOnHost('stream')

it('a body that does not end is answered 503 at the deadline, through the library’s own server', async () => {
  const deadlineMs = 200
  const told: unknown[] = []
  const read = Promise.withResolvers<unknown>()
  const guarded = azureGuard({ guard: () => ({ allowed: true, principal: null }), deadlineMs, onError: (error) => told.push(error) })
  const { url, close } = await mount(
    guarded({ access: 'public' }, async (message, context) => {
      read.resolve(await readRequest(message, context, { deadlineMs }))
      return {}
    }),
  )
  try {
    const outgoing = request(url, { method: 'POST' })
    outgoing.on('error', () => {})
    outgoing.write('{"title":')
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect([incoming.statusCode, incoming.headers['retry-after']]).toEqual([503, '1'])
    expect(await json(incoming)).toMatchObject({ type: 'urn:sallyport:problem:overloaded' })
    expect([told, await read.promise]).toEqual([[new Error('There was no answer within 200 ms.')], null])
    outgoing.destroy()
  } finally {
    await close()
  }
})
