import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const app = new URL('..', import.meta.url).pathname
const bundle = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'))
const main = join(bundle, 'main.js')

// What is tried here is what `npm start` runs: the one file, and not the modules it is made of.
beforeAll(() => void execFileSync(process.execPath, ['build.ts', main], { cwd: app }))
afterAll(() => rmSync(bundle, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly output: () => string
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

let directory: string
let children: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-local-'))
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  chmodSync(directory, 0o700)
  rmSync(directory, { recursive: true, force: true })
})

function launch(environment: Record<string, string> = {}): Omit<Started, 'url'> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], SALLYPORT_DATA_DIR: join(directory, 'data'), PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
  return { child, output: () => output, ended }
}

async function start(environment: Record<string, string> = {}): Promise<Started> {
  const started = launch(environment)
  const [, url = ''] = await seen(started, /Sallyport listens on (http:\/\/\S+)[^]*\/me[^]*\n/)
  return { ...started, url }
}

/** Waits until the output matches; what it said when it ended without is the error. */
function seen({ child, output, ended }: Omit<Started, 'url'>, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const match = pattern.exec(output())
      if (match !== null) resolve(match)
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    void ended.then((code) => reject(new Error(`ended with ${String(code)}: ${output()}`)))
    look()
  })
}

/** What a person does: copies the lines that begin with these words, in their order, and pastes them into a shell. */
function pasted(text: string): string {
  const lines = text.split('\n').filter((line) => /^(?:EMAIL=|TOKEN=|curl )/.test(line))
  expect(lines).toHaveLength(3)
  return lines.join('\n')
}

describe.each(['jwt', 'session'])('the local app with the %s strategy', (strategy) => {
  it('says what it is, and the lines it prints work when pasted, twice', async () => {
    const { output, child, ended } = await start({ SALLYPORT_STRATEGY: strategy })
    expect(output()).toContain(`  store             SQLite, ${join(directory, 'data', 'sallyport.db')}`)
    expect(output()).toContain(`  strategy          ${strategy}`)
    expect(output()).toContain(`  revocation bound  ${strategy === 'jwt' ? 300 : 0} s`)
    expect(output()).toContain(`  secrets           created in ${join(directory, 'data', 'secrets.json')}`)

    const shell = pasted(output())
    const run = spawn('sh', ['-c', `${shell}\n${shell}`], { env: { PATH: process.env['PATH'] } })
    let answers = ''
    run.stdout.on('data', (chunk: Buffer) => (answers += chunk.toString()))
    await new Promise((resolve) => run.once('close', resolve))
    const [registered = '', token = '', me = '', again = '', otherToken = '', otherMe = ''] = answers.trim().split('\n')
    const user = (JSON.parse(registered) as { user: { id: string; email: string } }).user
    expect(user.email).toMatch(/^ada\..*@example\.com$/)
    expect(token).toHaveLength(strategy === 'jwt' ? token.length : 103)
    expect(JSON.parse(me)).toMatchObject({ user: { id: user.id } })
    expect(JSON.parse(otherMe)).toMatchObject({ user: { id: (JSON.parse(again) as { user: { id: string } }).user.id } })
    expect(otherToken).not.toBe(token)

    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expectNoSecretIn(output(), [token, otherToken, 'harbour walnut', user.email])
    expect(output().match(/"audit":"login\.succeeded"/g)).toHaveLength(2)
    expect(output().match(/"path":"\/auth\/me","status":200/g)).toHaveLength(2)
  })
})

function expectNoSecretIn(text: string, others: readonly string[]): void {
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  const secrets = Object.values(JSON.parse(readFileSync(join(directory, 'data', 'secrets.json'), 'utf8')) as Record<string, string>)
  for (const secret of [...secrets, ...others]) expect(lines.join('\n')).not.toContain(secret)
}

describe('the local app', () => {
  it('keeps what it has: users, sessions and keys are there after a restart and a change of strategy', async () => {
    const first = await start()
    const json = { 'content-type': 'application/json' }
    const body = JSON.stringify({ email: 'grace@example.com', password: 'harbour walnut lantern' })
    expect((await fetch(`${first.url}/auth/register`, { method: 'POST', headers: json, body })).status).toBe(201)
    first.child.kill('SIGKILL')
    await first.ended
    const second = await start({ SALLYPORT_STRATEGY: 'session' })
    expect(second.output()).toContain('  secrets           read in ')
    expect((await fetch(`${second.url}/auth/login`, { method: 'POST', headers: json, body })).status).toBe(200)
  })

  it('finishes a request under way when it is told to stop', async () => {
    const { url, child, ended } = await start()
    const port = Number(new URL(url).port)
    const body = JSON.stringify({ email: 'grace@example.com', password: 'harbour walnut lantern' })
    const head = `POST /auth/register HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    const invited = new Promise<void>((resolve) =>
      socket.on('data', (chunk: Buffer) => void ((answer += chunk.toString()).includes('100 Continue') && resolve())),
    )
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(head)
    await invited
    child.kill('SIGTERM')
    while (await accepts(port));
    socket.write(body)
    await closed
    expect(answer).toMatch(/\r\n\r\nHTTP\/1\.1 201 Created\r\n[^]*connection: close/)
    expect(await ended).toBe(0)
  })

  it('starts eight times at once into one signing key, one file of secrets and one schema', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => start()))
    const keySets = await Promise.all(all.map(async ({ url }) => (await fetch(`${url}/.well-known/jwks.json`)).text()))
    expect(new Set(keySets).size).toBe(1)
    expect((JSON.parse(keySets[0] ?? '') as { keys: unknown[] }).keys).toHaveLength(1)
    expect(all.filter(({ output }) => output().includes('secrets           created in'))).toHaveLength(1)
    expect(all.filter(({ output }) => output().includes('"audit":"key.created"'))).toHaveLength(1)
  }, 20_000)
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1')
    probe
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
      .once('connect', () => probe.destroy())
  })
}

describe('a start that cannot be', () => {
  const failure = async (environment: Record<string, string>): Promise<{ code: unknown; output: string }> => {
    const started = launch(environment)
    const code = await started.ended
    return { code, output: started.output() }
  }

  it('names every wrong variable', async () => {
    const { code, output } = await failure({ SALLYPORT_STRATEGY: 'both', SALLYPORT_STRATEGIE: 'jwt' })
    expect(code).toBe(78)
    expect(output).toBe(
      'sallyport: The configuration is wrong:\n- "SALLYPORT_STRATEGIE" is not a variable of Sallyport; did you mean SALLYPORT_STRATEGY.\n- SALLYPORT_STRATEGY must be `jwt` or `session`.\n',
    )
  })

  it('makes no secrets in production', async () => {
    const { code, output } = await failure({ NODE_ENV: 'production', SALLYPORT_PUBLIC_URL: 'https://auth.example.com' })
    expect(code).toBe(78)
    expect(output).toContain('SALLYPORT_REFRESH_SECRET must be set')
    expect(() => readFileSync(join(directory, 'data', 'secrets.json'))).toThrow('ENOENT')
  })

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const { code, output } = await failure({ PORT: String(port) })
    other.close()
    expect(code).toBe(78)
    expect(output).toContain(`Port ${port} of 127.0.0.1 is taken by another process`)
  })

  it('says that the data directory cannot be made', async () => {
    writeFileSync(join(directory, 'data'), 'a file')
    const { code, output } = await failure({})
    expect(code).toBe(78)
    expect(output).toContain(`The data directory cannot be made: ${join(directory, 'data')}`)
  })

  it('refuses a database that a newer version has written, and one that is none', async () => {
    const { child, ended } = await start()
    child.kill('SIGTERM')
    await ended
    const file = join(directory, 'data', 'sallyport.db')
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 9999')
    database.close()
    const newer = await failure({})
    expect(newer.code).toBe(78)
    expect(newer.output).toMatch(/newer/)
    writeFileSync(file, 'this is no database, and long enough to be read as the head of one: '.repeat(20))
    const none = await failure({})
    expect(none.code).toBe(78)
    expect(none.output).toMatch(/^sallyport: The SQLite file cannot be opened/m)
  })

  it('refuses another key encryption secret than the one the keys were sealed with', async () => {
    const { child, ended } = await start()
    child.kill('SIGTERM')
    await ended
    const { code, output } = await failure({ SALLYPORT_KEY_ENCRYPTION_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M' })
    expect(code).toBe(78)
    expect(output).toContain('No configured secret opens a sealed signing key')
  })
})

describe('a signal', () => {
  it('SIGINT stops it too, and the exit is clean', async () => {
    const { child, ended } = await start()
    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })
})
