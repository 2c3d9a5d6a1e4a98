import { describe, expect, it } from 'vitest'
import { bearer, PASSWORD, PUBLIC_URL, testApplication, type Received } from '../test/test-application.ts'
import { defaultLimits, type RouteLimits } from './rate-limits.ts'

const limits: RouteLimits = {
  password: [
    { name: 'password', subject: 'pair', limit: 3, windowSeconds: 60 },
    { name: 'password', subject: 'account', limit: 5, windowSeconds: 3600 },
    { name: 'password', subject: 'network', limit: 8, windowSeconds: 60 },
  ],
  register: [{ name: 'register', subject: 'network', limit: 2, windowSeconds: 600 }],
}
const POLICY = '"password-pair";q=3;w=60, "password-account";q=5;w=3600, "password-network";q=8;w=60'

describe('limits', () => {
  it('tell what is left, then refuse with Retry-After, before a password is looked at', async () => {
    const app = await testApplication({ settings: { limits } })
    await app.registered()
    const login = (email: string, address = '203.0.113.7') => app.send('POST', '/auth/login', { body: { email, password: PASSWORD }, address })
    const states: unknown[] = []
    for (let attempt = 0; attempt < 4; attempt++) {
      const { status, headers } = await login('ada@example.com')
      states.push([status, headers['ratelimit-policy'] === POLICY, headers['ratelimit'], headers['retry-after']])
    }
    expect(states).toEqual([
      [200, true, '"password-pair";r=2;t=60', undefined],
      [200, true, '"password-pair";r=1;t=60', undefined],
      [200, true, '"password-pair";r=0;t=60', undefined],
      [429, true, '"password-pair";r=0;t=60', '60'],
    ])
    app.storeCalls()
    const refused = await login('ADA@example.com ')
    expect([refused.status, refused.json.type]).toEqual([429, 'urn:sallyport:problem:rate-limited'])
    expect(app.storeCalls()).toEqual(['counters.count'])
    expect(app.events.at(-1)).toMatchObject({ name: 'login.limited', reason: 'password-pair', network: '203.0.113.0/24' })
    expect((await login('ada@example.com', '2001:db8::1')).headers['ratelimit']).toBe('"password-account";r=0;t=3600')
    expect((await login('other@example.com')).status).toBe(401)
    app.clock.instant += 3_600_000
    expect((await login('ada@example.com')).status).toBe(200)
  })

  it('count every way to try a password on one account together', async () => {
    const app = await testApplication({ settings: { limits } })
    const { accessToken } = (await app.registered()).json
    const attempts = [
      () => app.send('POST', '/auth/login', { body: { email: 'ada@example.com', password: 'x' } }),
      () =>
        app.send('POST', '/auth/password', { headers: bearer(accessToken), body: { currentPassword: 'x', newPassword: 'another fine passphrase' } }),
      () => app.send('DELETE', '/auth/me', { headers: bearer(accessToken), body: { password: 'x' } }),
    ]
    const answers: Received[] = []
    for (const attempt of [...attempts, ...attempts]) answers.push(await attempt())
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 403, 429, 429, 429])
  })

  it('count networks, by the /64 of IPv6, and also when the address is unknown', async () => {
    for (const addresses of [
      ['203.0.113.7', '::ffff:203.0.113.7', '203.0.113.7'],
      ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::'],
      [null, 'nonsense', null],
    ]) {
      const app = await testApplication({ settings: { limits } })
      const statuses: number[] = []
      for (const [index, address] of addresses.entries()) {
        statuses.push((await app.send('POST', '/auth/register', { body: { email: `user${index}@example.com`, password: PASSWORD }, address })).status)
      }
      expect(statuses).toEqual([201, 201, 429])
    }
  })

  it('cost one store call where they are, and none elsewhere or when off', async () => {
    for (const on of [limits, 'off'] as const) {
      const app = await testApplication({ settings: { limits: on } })
      const { accessToken } = (await app.registered()).json
      expect(app.storeCalls().filter((call) => call.startsWith('counters'))).toHaveLength(on === 'off' ? 0 : 1)
      await app.send('POST', '/auth/login', { body: { email: 'ada@example.com', password: 'x' } })
      expect(app.storeCalls().filter((call) => call.startsWith('counters'))).toHaveLength(on === 'off' ? 0 : 1)
      await app.send('GET', '/auth/me', { headers: bearer(accessToken) })
      await app.send('POST', '/auth/refresh', { headers: bearer(accessToken) })
      const { headers } = await app.send('POST', '/auth/logout', { headers: bearer(accessToken) })
      expect(app.storeCalls().filter((call) => call.startsWith('counters'))).toEqual([])
      expect(headers['ratelimit']).toBeUndefined()
    }
  })

  it('do not count what another site sends', async () => {
    const app = await testApplication({ settings: { limits } })
    await app.send('POST', '/auth/login', { headers: { origin: 'https://evil.example' }, body: { email: 'ada@example.com', password: 'x' } })
    expect(app.storeCalls()).toEqual([])
    await app.send('POST', '/auth/login', { headers: { origin: PUBLIC_URL }, body: { email: 'ada@example.com', password: 'x' } })
    expect(app.storeCalls()).toContain('counters.count')
  })

  it('stay by default within 100 attempts on one account in a row (NIST SP 800-63B-4)', () => {
    const account = defaultLimits.password.filter(({ subject }) => subject === 'account')
    expect(account.map(({ limit }) => limit <= 100)).toEqual([true])
    expect(defaultLimits.password.every(({ name }) => name === 'password')).toBe(true)
  })
})
