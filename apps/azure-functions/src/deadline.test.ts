import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { overSocket } from '@sallyport/conformance'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtApps, type BuiltApps } from '../testing/built-apps.ts'
import { functionApp } from '../testing/function-app.ts'

let apps: BuiltApps
let silent: Server
const sockets = new Set<Socket>()

/** Takes connections and never says a word: what waits for it has only its deadline. */
beforeAll(async () => {
  apps = builtApps()
  silent = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve)
  })
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
  apps.remove()
})

const LOGIN = JSON.stringify({ email: 'ada@example.org', password: 'harbour walnut lantern' })

it.each([
  ['api', { method: 'POST', target: '/auth/login', headers: { 'content-type': 'application/json' }, body: LOGIN }],
  ['posts', { method: 'GET', target: '/posts', headers: {}, body: null }],
] as const)('the function app %s answers within its deadline, whatever Redis does', async (name, request) => {
  const secret = (word: string): string => Buffer.from(`${word}: a value as random as any other`).toString('base64url')
  const running = await functionApp(apps[name], {
    SALLYPORT_STRATEGY: 'session',
    SALLYPORT_PUBLIC_URL: 'http://localhost:7071',
    SALLYPORT_REDIS_URL: `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    SALLYPORT_DEADLINE_SECONDS: '1',
    SALLYPORT_REFRESH_SECRET: secret('refresh'),
    SALLYPORT_KEY_ENCRYPTION_SECRET: secret('keys'),
    SALLYPORT_PASSWORD_PEPPER: secret('pepper'),
  })
  try {
    const { status, body } = await overSocket(running.url)(request)
    // By its deadline of one second, and not because the store gave up after two.
    expect([status, JSON.parse(body)]).toEqual([503, expect.objectContaining({ type: 'urn:sallyport:problem:overloaded' })])
    expect(running.output()).toContain('There was no answer within 1000 ms.')
  } finally {
    await running.close()
  }
})
