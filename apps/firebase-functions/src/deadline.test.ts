import { overSocket } from '@sallyport/conformance'
import { onRequest, type CallableRequest } from 'firebase-functions/https'
import { expect, test } from 'vitest'
import { onSilentDatastore } from '../../../packages/stores/datastore/testing/silent-datastore.ts'
import { expressServer } from '../testing/express-server.ts'

onSilentDatastore({
  GCLOUD_PROJECT: 'demo-sallyport',
  SALLYPORT_PUBLIC_URL: 'https://auth.example.org',
  SALLYPORT_STRATEGY: 'session',
  SALLYPORT_DEADLINE_SECONDS: '1',
  SALLYPORT_LOG_LEVEL: 'silent',
})

test('posts answers 503 by the deadline of the configuration', async () => {
  const { posts } = await import('./posts-main.ts')
  const { url, close } = await expressServer(onRequest(posts))
  try {
    const { status, body } = await overSocket(url)({ method: 'GET', target: '/posts', headers: {}, body: null })
    expect([status, JSON.parse(body)]).toMatchObject([503, { type: 'urn:sallyport:problem:overloaded' }])
  } finally {
    await close()
  }
})

test('whoAmI is unavailable by it', async () => {
  const { whoAmI } = await import('./who-am-i-main.ts')
  const token = `01890a5d-ac96-774b-bcce-b302099a8057.w2cBHMkYPDdGIuIcYVK2cA.${'s'.repeat(42)}A`
  const rawRequest = { rawHeaders: ['x-sallyport-authorization', `Bearer ${token}`] } as CallableRequest['rawRequest']
  await expect(whoAmI({ rawRequest } as CallableRequest, undefined)).rejects.toMatchObject({
    code: 'unavailable',
    details: { type: 'urn:sallyport:problem:overloaded', retryAfterSeconds: 1 },
  })
})
