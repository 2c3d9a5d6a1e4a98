import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface FunctionApp {
  readonly url: string
  /** Everything it wrote so far. */
  output(): string
  close(): Promise<void>
}

const HOST = new URL('run-host.ts', import.meta.url).pathname

/** A built function app behind the stand-in for host and worker, in a process of its own, with exactly this environment. Rejects with what it wrote when it ends before it serves. */
export async function functionApp(folder: string, environment: Readonly<Record<string, string>>, port = 0): Promise<FunctionApp> {
  const child = spawn(process.execPath, [HOST, folder, String(port)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const gone = once(child, 'close').finally(() => process.off('exit', end))
  let output = ''
  const listening = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        const [, url] = /^Functions .* at (http:\S+)$/m.exec(output) ?? []
        if (url !== undefined) resolve(url)
      })
    }
  })
  const url = await Promise.race([listening, gone.then(() => Promise.reject(new Error(output)))])
  return {
    url,
    output: () => output,
    close: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}
