import { spawn } from 'node:child_process'
import { once } from 'node:events'

const { request } = process.getBuiltinModule('node:http')

export interface AppProcess {
  readonly url: string
  /** Everything it wrote so far. */
  output(): string
  /** Ends it and waits until it is gone. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const main = new URL('../src/main.ts', import.meta.url).pathname

/** This app as a process of its own, on a port of its own. Rejects with what it wrote when it ends before it listens. */
export async function startApp(dataDirectory: string, environment: Record<string, string> = {}): Promise<AppProcess> {
  const child = spawn(process.execPath, ['--conditions=sallyport-source', main], {
    env: { PATH: process.env['PATH'], SALLYPORT_DATA_DIR: dataDirectory, PORT: '0', SALLYPORT_RATE_LIMITS: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const gone = once(child, 'close').finally(() => process.off('exit', end))
  let output = ''
  const listening = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        const match = /listens on (http:\/\/\S+)/.exec(output)
        if (match?.[1] !== undefined) resolve(match[1])
      })
    }
  })
  const url = await Promise.race([listening, gone.then(() => Promise.reject(new Error(`The app ended: ${output}`)))])
  return {
    url,
    output: () => output,
    kill: async (signal) => {
      child.kill(signal)
      await gone
    },
  }
}

export interface Answer {
  readonly status: number
  readonly json: { readonly accessToken: string; readonly refreshToken: string }
}

/** One JSON request on a connection of its own; rejects when the connection breaks before the answer is whole. */
export function post(url: string, path: string, body: unknown, token?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', connection: 'close', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const outgoing = request(`${url}${path}`, { method: 'POST', headers }, (incoming) => {
      let text = ''
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
      incoming.on('error', reject)
      incoming.on('end', () => {
        if (!incoming.complete) reject(new Error('cut short'))
        else resolve({ status: incoming.statusCode ?? 0, json: JSON.parse(text === '' ? '{}' : text) as Answer['json'] })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
