import { spawn, type ChildProcess } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs the body of a `start` in a process of its own. */
function run(body: string): {
  readonly child: ChildProcess
  readonly line: (text: string) => Promise<void>
  readonly ended: Promise<{ code: number | null; output: string }>
} {
  const script = `import { ConfigurationError, InvariantError, StoreUnavailableError } from '@sallyport/core'
    import { runProcess } from ${JSON.stringify(new URL('./run-process.ts', import.meta.url).href)}
    await runProcess(async ({ onStop }) => { ${body} })`
  const child = spawn(process.execPath, ['--conditions=sallyport-source', '--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  const look: (() => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const each of look) each()
    })
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => child.once('close', (code) => resolve({ code, output })))
  const line = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => void (output.includes(text) && resolve())
      look.push(check)
      check()
    })
  return { child, line, ended }
}

const waiting = "setInterval(() => {}, 1e6); console.log('started')"

describe('a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('told to stop by %s takes its steps in order and ends well', async (signal) => {
    const { child, line, ended } = run(`onStop(async () => { await null; console.log('server') }); onStop(() => console.log('stores')); ${waiting}`)
    await line('started')
    child.kill(signal)
    expect(await ended).toEqual({ code: 0, output: 'started\nserver\nstores\n' })
  })

  it('ends at once at the second signal', async () => {
    const { child, line, ended } = run(`onStop(() => { console.log('stopping'); return new Promise(() => undefined) }); ${waiting}`)
    await line('started')
    child.kill('SIGTERM')
    await line('stopping')
    child.kill('SIGTERM')
    expect((await ended).code).toBe(143)
  })

  it.each([
    ["throw new ConfigurationError('No port')", 78, 'sallyport: No port\n'],
    ["throw new StoreUnavailableError('No store', { cause: new Error('locked') })", 69, 'sallyport: No store\n  because: locked\n'],
  ])('that cannot start says why: %s', async (body, code, output) => {
    expect(await run(body).ended).toEqual({ code, output })
  })

  it.each([
    ["throw new InvariantError('a bug')", 'InvariantError: a bug'],
    ["throw new TypeError('x is no function')", 'TypeError: x is no function'],
    [`setTimeout(() => { throw new Error('uncaught') }); ${waiting}`, 'Error: uncaught'],
    [`void Promise.reject(new Error('unhandled')); ${waiting}`, 'Error: unhandled'],
    [
      `onStop(() => { throw new Error('cannot stop') }); process.nextTick(() => process.kill(process.pid, 'SIGTERM')); ${waiting}`,
      'Error: cannot stop',
    ],
  ])('ends at a bug with its stack: %s', async (body, message) => {
    const { code, output } = await run(body).ended
    expect(code).toBe(70)
    expect(output).toContain(`sallyport: ${message}\n    at `)
  })
})
