import { overSocket } from '@sallyport/conformance'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type AppProcess } from '../testing/app-process.ts'

const FIRST = 'harbour walnut lantern 71'
const SECOND = 'gravel orchid piston 402'
const WRONG = 'copper meadow violin 9913'

/** Everything a client sends and gets that must not be found anywhere afterwards. */
const seen = new Set<string>([FIRST, SECOND, WRONG])
const refusals: string[] = []

function remember(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && /token$/i.test(name)) seen.add(member)
    remember(member)
  }
}

describe.each(['jwt', 'session'])('with the %s strategy', (strategy) => {
  let directory: string
  let app: AppProcess
  let files: Map<string, Buffer>

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sallyport-secrets-'))
    app = await startApp(directory, { SALLYPORT_STRATEGY: strategy, SALLYPORT_LOG_LEVEL: 'debug', SALLYPORT_TRANSPORTS: 'bearer,cookie' })
    await everyRoute(app)
    const secrets = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as Record<string, string>
    for (const secret of Object.values(secrets)) if (secret.length >= 32) seen.add(secret)
    // While it runs, so that the write-ahead log is looked at too.
    files = new Map(
      readdirSync(directory)
        .filter((name) => name !== 'secrets.json')
        .map((name) => [name, readFileSync(join(directory, name))]),
    )
    await app.kill('SIGTERM')
  }, 60_000)

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('has seen what there is to see', () => {
    expect(seen.size).toBeGreaterThan(10)
    expect([...files.keys()]).toEqual(expect.arrayContaining(['sallyport.db', 'sallyport.db-wal']))
    expect([...files.values()].some((bytes) => bytes.includes('ada@example.com'))).toBe(true)
    expect(refusals.length).toBeGreaterThan(8)
  })

  it('the store’s files contain no password, token or secret', () => {
    const found = [...files].filter(([, bytes]) => [...seen].some((secret) => bytes.includes(secret)))
    expect(found.map(([name]) => name)).toEqual([])
  })

  it('the store’s files contain no private key in the clear', () => {
    const found = [...files].filter(([, bytes]) => ['"d":"', 'PRIVATE KEY', '"qi"'].some((mark) => bytes.includes(mark)))
    expect(found.map(([name]) => name)).toEqual([])
  })

  it('the log contains no password, token, secret or address', () => {
    const lines = app
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n')
    expect(lines).toContain('login.succeeded')
    for (const secret of [...seen, 'ada@example.com', 'ADA@example.com']) expect(lines.includes(secret)).toBe(false)
  })

  it('no error repeats one', () => {
    for (const refusal of refusals) for (const secret of seen) expect(refusal.includes(secret)).toBe(false)
  })
})

interface Reply {
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly cookies: readonly string[]
}

/** Every route, each with what it refuses, in both transports. */
async function everyRoute({ url }: AppProcess): Promise<void> {
  const send = overSocket(url)
  const call = async (method: string, target: string, json?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const body = typeof json === 'string' ? json : json === undefined ? null : JSON.stringify(json)
    const answer = await send({ method, target, headers: { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers }, body })
    for (const cookie of answer.cookies) {
      const value = /^[^=]+=([^;]*)/.exec(cookie)?.[1] ?? ''
      if (value !== '') seen.add(value)
    }
    if (answer.status >= 400) refusals.push(answer.body)
    const parsed = JSON.parse(answer.body === '' ? '{}' : answer.body) as Omit<Reply, 'cookies'>
    remember(parsed)
    return { ...parsed, cookies: answer.cookies }
  }
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
  const email = 'ada@example.com'
  const registered = await call('POST', '/auth/register', { email, password: FIRST, name: 'Ada' })
  const token: string = registered.accessToken ?? ''
  const refreshToken: string = registered.refreshToken ?? token
  await call('POST', '/auth/register', { email: 'ADA@example.com', password: SECOND })
  await call('POST', '/auth/register', { email: 'other@example.com', password: 'short' })
  await call('POST', '/auth/login', { email, password: WRONG })
  await call('POST', '/auth/login', `{"email":"${email}","password":"${FIRST}",}`)
  await call('POST', '/auth/login', { email, password: FIRST, unknown: FIRST })
  await call('POST', `/auth/login?password=${encodeURIComponent(WRONG)}`, { email, password: FIRST })
  await call('GET', `/auth/nowhere/${token}?token=${token}`, undefined, bearer(token))
  await call('GET', '/auth/me', undefined, bearer(`${token}x`))
  await call('GET', '/auth/me', undefined, { ...bearer(token), 'x-request-id': `${refreshToken} x` })
  await call('PATCH', '/auth/me', { name: 'Augusta', attributes: { plan: 'pro' } }, bearer(token))
  await call('GET', '/auth/sessions', undefined, bearer(token))
  const next = await call('POST', '/auth/refresh', refreshToken === token ? undefined : { refreshToken }, refreshToken === token ? bearer(token) : {})
  await call('POST', '/auth/refresh', { refreshToken: `${refreshToken}x` })
  await call('POST', '/auth/password', { currentPassword: WRONG, newPassword: SECOND }, bearer(token))
  const current: string = next.accessToken ?? token
  const changed = await call('POST', '/auth/password', { currentPassword: FIRST, newPassword: SECOND }, bearer(current))
  const origin = { origin: 'http://localhost:4000' }
  const inCookies = await call('POST', '/auth/login', { email, password: SECOND, transport: 'cookie' }, { 'sec-fetch-site': 'same-origin' })
  const cookie = inCookies.cookies.map((line) => line.split(';')[0]).join('; ')
  await call('PATCH', '/auth/me', { name: 'Ada' }, { cookie, ...origin, 'sec-fetch-site': 'same-origin' })
  await call('DELETE', '/auth/sessions', undefined, { cookie, origin: 'https://evil.example' })
  await call('POST', '/auth/logout', undefined, { cookie, 'sec-fetch-site': 'same-origin' })
  await call('DELETE', '/auth/sessions', undefined, bearer(changed.accessToken ?? ''))
  await call('DELETE', '/auth/me', { password: WRONG }, bearer(changed.accessToken ?? ''))
  await call('GET', '/.well-known/jwks.json')
}
