import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtApps, type BuiltApps } from '../testing/built-apps.ts'
import { functionApp } from '../testing/function-app.ts'

let apps: BuiltApps
beforeAll(() => {
  apps = builtApps()
})
afterAll(() => apps.remove())

// A start that cannot be says why: to the host, which hears of nothing that fails before the first function is registered.
describe.each(['api', 'posts'] as const)('the function app %s', (name) => {
  it('does not start without its settings, and names them all', async () => {
    const start = functionApp(apps[name], { NODE_ENV: 'production' })
    await expect(start).rejects.toThrow(
      /^the app failed: The configuration is wrong:\n[^]*SALLYPORT_PUBLIC_URL must be set[^]*SALLYPORT_REDIS_URL must be set/,
    )
  })

  it('does not start on another store', async () => {
    const environment = { SALLYPORT_STORE: 'sqlite', SALLYPORT_PUBLIC_URL: 'http://localhost:7071', SALLYPORT_REDIS_URL: 'redis://localhost' }
    await expect(functionApp(apps[name], environment)).rejects.toThrow('SALLYPORT_STORE must be `redis`')
  })

  it.each(['http://localhost', 'redis://user:word@localhost', 'redis://'])('does not start with %s as Redis, and does not repeat it', async (url) => {
    const start = functionApp(apps[name], { SALLYPORT_PUBLIC_URL: 'http://localhost:7071', SALLYPORT_REDIS_URL: url })
    await expect(start).rejects.toThrow(/SALLYPORT_REDIS_URL must be a URL such as/)
    await expect(start).rejects.not.toThrow('user:word')
  })
})

it('the function app posts takes no plain Redis in production', async () => {
  const environment = { NODE_ENV: 'production', SALLYPORT_PUBLIC_URL: 'https://auth.example.com', SALLYPORT_REDIS_URL: 'redis://localhost' }
  await expect(functionApp(apps.posts, environment)).rejects.toThrow('SALLYPORT_REDIS_URL must be rediss (TLS) in production')
})
