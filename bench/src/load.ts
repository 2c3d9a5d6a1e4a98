import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const AUTOCANNON = fileURLToPath(new URL('../node_modules/autocannon/autocannon.js', import.meta.url))
const CONNECTIONS = 32

export interface Target {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const answers = (command: string, ...flags: readonly string[]): boolean => spawnSync(command, flags, { stdio: 'ignore' }).error === undefined
const hasWrk = answers('wrk', '-v')
/** Server and load each on a core of its own, where the system can and there are two. */
const canPin = availableParallelism() > 1 && answers('taskset', '-V')

export function onCore(core: 0 | 1, command: readonly string[]): readonly [string, ...string[]] {
  const [program = '', ...rest] = canPin ? ['taskset', '-c', String(core), ...command] : command
  return [program, ...rest]
}

/** Requests over 32 connections that are kept, as fast as they are answered; how many were. Rejects when one of them was not answered with a 2xx. */
export async function load(target: Target, seconds: number): Promise<number> {
  const url = `http://127.0.0.1:${target.port}${target.path}`
  const headers = Object.entries(target.headers).flatMap(([name, value]) => ['-H', hasWrk ? `${name}: ${value}` : `${name}=${value}`])
  if (hasWrk) return wrkCount(await output(['wrk', '-t', '1', '-c', String(CONNECTIONS), '-d', `${seconds}s`, ...headers, url]))
  const text = await output([process.execPath, AUTOCANNON, '-j', '-c', String(CONNECTIONS), '-d', String(seconds), ...headers, url])
  const { '2xx': good, non2xx, errors } = JSON.parse(text) as { '2xx': number; non2xx: number; errors: number }
  assert.deepEqual({ non2xx, errors }, { non2xx: 0, errors: 0 }, `${url} did not answer every request`)
  return good
}

function wrkCount(text: string): number {
  assert.doesNotMatch(text, /Non-2xx|Socket errors/, text)
  return Number(/(\d+) requests in/.exec(text)?.[1])
}

function output(command: readonly string[]): Promise<string> {
  const [program, ...parameters] = onCore(1, command)
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.on('error', reject).on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}`))))
  })
}
