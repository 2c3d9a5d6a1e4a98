import { expect, it } from 'vitest'
import { bearer, PASSWORD, testApplication } from '../test/test-application.ts'
import { defaultLimits } from './rate-limits.ts'

/** The cost contract: what a request asks of the stores, to the call. */
const COSTS = {
  session: { me: ['sessions.find'], refresh: ['sessions.prolong'], sessions: ['sessions.find', 'sessions.list'] },
  jwt: { me: [], refresh: ['sessions.rotate'], sessions: ['sessions.find', 'sessions.list'] },
} as const

it.each(['session', 'jwt'] as const)('asks the stores no more than it must (%s strategy)', async (strategy) => {
  const app = await testApplication({ strategy, settings: { limits: defaultLimits } })
  const registered = await app.registered()
  expect(app.storeCalls()).toEqual(['counters.count', 'users.create', 'sessions.create'])
  const { accessToken, refreshToken = accessToken } = registered.json
  const headers = bearer(accessToken)

  await app.send('POST', '/auth/login', { body: { email: 'ada@example.com', password: PASSWORD } })
  expect(app.storeCalls()).toEqual(['counters.count', 'users.findByIdentity', 'sessions.create'])
  await app.send('GET', '/auth/me', { headers })
  expect(app.storeCalls()).toEqual(COSTS[strategy].me)
  await app.send('GET', '/auth/sessions', { headers })
  expect(app.storeCalls()).toEqual(COSTS[strategy].sessions)
  expect((await app.send('POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(200)
  expect(app.storeCalls()).toEqual(COSTS[strategy].refresh)
  await app.send('POST', '/auth/logout', { headers })
  expect(app.storeCalls()).toEqual(['sessions.end'])
})

it('is synchronous where nothing is read', async () => {
  const app = await testApplication({ strategy: 'jwt' })
  const { accessToken } = (await app.registered()).json
  const request = { method: 'GET', path: '/auth/me', query: '', body: null, address: null, requestId: 'r' }
  for (const headers of [bearer(accessToken), bearer('garbage'), {}]) expect(app.handle({ ...request, headers })).not.toBeInstanceOf(Promise)
})
