import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { post, startApp, type AppProcess } from '../testing/app-process.ts'
import { killDrill } from '../testing/kill-drill.ts'

const PASSWORD = 'correct horse battery staple'

let directory: string
let apps: AppProcess[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-processes-'))
  apps = []
})

afterEach(async () => {
  await Promise.all(apps.map((app) => app.kill('SIGKILL')))
  rmSync(directory, { recursive: true, force: true })
})

async function start(environment: Record<string, string> = {}): Promise<AppProcess> {
  const app = await startApp(directory, environment)
  apps.push(app)
  return app
}

/** `count` requests at once, spread over the processes. */
function spread<T>(over: readonly AppProcess[], count: number, send: (url: string, index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => send(over[index % over.length]?.url ?? '', index)))
}

describe('several processes on one file', () => {
  it('50 registrations of one address in 5 spellings make 1 account, and the losers’ passwords never work', async () => {
    const both = [await start(), await start()]
    const spellings = ['ada@example.com', 'ADA@example.com', ' ada@Example.COM ', 'ａｄａ@example.com', 'ada＠example.com']
    const answers = await spread(both, 50, (url, index) =>
      post(url, '/auth/register', { email: spellings[index % 5], password: `${PASSWORD} ${index}` }),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(49)
    const logins = await spread(both, 50, (url, index) => post(url, '/auth/login', { email: 'ada@example.com', password: `${PASSWORD} ${index}` }))
    expect(logins.map(({ status }) => status === 200)).toEqual(statuses.map((status) => status === 201))
  })

  it('20 refreshes at once get one successor, and the session lives', async () => {
    const both = [await start(), await start()]
    const { json } = await post(both[0]?.url ?? '', '/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const answers = await spread(both, 20, (url) => post(url, '/auth/refresh', { refreshToken: json.refreshToken }))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const successors = new Set(answers.map((answer) => answer.json.refreshToken))
    expect(successors.size).toBe(1)
    const [successor] = successors
    expect((await post(both[1]?.url ?? '', '/auth/refresh', { refreshToken: successor })).status).toBe(200)
  })

  it('an older refresh token after the grace ends the session, after a restart too', async () => {
    const grace = { SALLYPORT_REFRESH_GRACE_SECONDS: '0' }
    const first = await start(grace)
    const { json } = await post(first.url, '/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const next = await post(first.url, '/auth/refresh', { refreshToken: json.refreshToken })
    await first.kill('SIGKILL')
    const second = await start(grace)
    expect((await post(second.url, '/auth/refresh', { refreshToken: json.refreshToken })).status).toBe(401)
    await second.kill('SIGKILL')
    const third = await start(grace)
    expect((await post(third.url, '/auth/refresh', { refreshToken: next.json.refreshToken })).status).toBe(401)
    expect(second.output()).toContain('session.token-reused')
  })
})

describe('a process that is killed', () => {
  it('has lost nothing that it answered', async () => {
    let seed = 20_261_123
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const { acknowledged, lost } = await killDrill(directory, 4, random)
    expect(lost).toEqual([])
    expect(acknowledged.registered).toBeGreaterThan(0)
  }, 60_000)
})
