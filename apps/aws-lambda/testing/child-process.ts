import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

export interface Child {
  /** Everything it wrote so far. */
  output(): string
  /** Resolves when the output matches; rejects with the output when the process ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when it has ended, by itself or not. */
  readonly ended: Promise<void>
  /** Ends it and all that it has started. */
  stop(): Promise<void>
}

/**
 * The shell in between kills the whole group as soon as the pipe that this process holds is closed, so that nothing is left running however this process ends. It takes the pipe
 * as descriptor 3, because a shell gives /dev/null to what it runs beside itself.
 */
const SHELL = 'exec 3<&0; "$@" </dev/null 3<&- & child=$!; { cat <&3 >/dev/null; kill -9 -$$; } & wait $child'

/** A Node program as a process of its own, with this environment and no other. */
export function startChild(program: readonly string[], cwd: string, environment: Readonly<Record<string, string>>): Child {
  const child = spawn('/bin/sh', ['-c', SHELL, 'sh', process.execPath, ...program], {
    cwd,
    env: { PATH: process.env['PATH'], ...environment },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(() => {})
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return {
    output: () => output,
    ended,
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output)
          if (match !== null) resolve(match)
        }
        for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
        void ended.then(() => reject(new Error(`It ended too early: ${output}`)))
        look()
      }),
    stop: async () => {
      child.stdin.on('error', () => {})
      child.stdin.end()
      await ended
    },
  }
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
