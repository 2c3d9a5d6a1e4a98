import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

const repository = new URL('../../..', import.meta.url).pathname
const app = new URL('..', import.meta.url).pathname
const framework = 'tools/runtimes/functions-framework'

export interface RunningFunction {
  readonly url: string
  /** Everything it wrote so far. */
  output(): string
  stop(): Promise<void>
}

export type Environment = { readonly [name: string]: string }

/** Installs the framework and answers where. */
export function installFramework(): string {
  execFileSync(process.execPath, ['tools/install-on-demand.mjs', framework], { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] })
  return repository + framework
}

/** Installs the framework and bundles both functions into this folder. */
export function prepareFunctions(folder: string): void {
  installFramework()
  execFileSync(process.execPath, ['build.ts', folder], { cwd: app, stdio: 'inherit' })
}

/** One of the bundled functions in functions-framework, a process of its own. Rejects with what it wrote when it ends before it serves. */
export async function runFunction(folder: string, name: 'api' | 'posts', port: number, environment: Environment): Promise<RunningFunction> {
  const child = spawn(
    process.execPath,
    [`${repository}${framework}/node_modules/@google-cloud/functions-framework/build/src/main.js`, `--source=${folder}/${name}`, `--target=${name}`],
    { env: { PATH: process.env['PATH'], PORT: String(port), METADATA_SERVER_DETECTION: 'none', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const gone = once(child, 'close').finally(() => process.off('exit', end))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = `http://localhost:${port}`
  await Promise.race([serving(url), gone.then(() => Promise.reject(new Error(`The function ended: ${output}`)))])
  return {
    url,
    output: () => output,
    stop: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** In production the framework says nothing when it is ready, so it is asked. */
async function serving(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/healthz`).catch(() => null)
    if (response !== null) return
    await new Promise((resolve) => {
      setTimeout(resolve, 30)
    })
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}
