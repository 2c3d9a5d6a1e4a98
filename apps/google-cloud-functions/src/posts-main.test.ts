import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { overSocket } from '@sallyport/conformance'
import { onSilentDatastore } from '../../../packages/stores/datastore/testing/silent-datastore.ts'

onSilentDatastore({
  SALLYPORT_DATASTORE_PROJECT: 'demo-sallyport',
  SALLYPORT_PUBLIC_URL: 'https://auth.example.org',
  SALLYPORT_DEADLINE_SECONDS: '1',
  SALLYPORT_LOG_LEVEL: 'silent',
})

test('posts answers 503 by the deadline of the configuration', async () => {
  const { posts } = await import('./posts-main.ts')
  const server = process.getBuiltinModule('node:http').createServer((request, response) => void posts(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const send = overSocket(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const { status, body } = await send({ method: 'GET', target: '/posts', headers: {}, body: null })
    expect([status, JSON.parse(body)]).toMatchObject([503, { type: 'urn:sallyport:problem:overloaded' }])
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
