import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

const repository = new URL('../../..', import.meta.url).pathname
const app = new URL('..', import.meta.url).pathname
const tools = 'tools/runtimes/firebase'
/** Inside the repository, where Firebase's SDK and Google's client are installed. */
const projectOf = (name: string): string => join(app, 'dist', name)

const PROJECT = 'demo-sallyport'
const REGION = 'europe-west1'

export interface RunningEmulator {
  /** Of a function. */
  url(target: string): string
  /** Everything it wrote so far. */
  output(): string
  /** Rejects with everything it wrote once a function did not load. The emulator leaves such a request without an answer. */
  readonly broken: Promise<never>
  stop(): Promise<void>
}

export type Environment = { readonly [name: string]: string }

/** Installs Firebase's tools and bundles the functions into a project of that name. */
export function prepareEmulator(name: string): void {
  const project = projectOf(name)
  execFileSync(process.execPath, ['tools/install-on-demand.mjs', tools], { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] })
  rmSync(project, { recursive: true, force: true })
  mkdirSync(project, { recursive: true })
  execFileSync(process.execPath, ['build.ts', join(project, 'functions')], { cwd: app, stdio: 'inherit' })
}

/**
 * The functions in the emulator, with `firebase.json` as it is but for its ports. `settings` go to `.env.local`, `secrets` to `.secret.local`, `environment` to the emulator itself.
 * Rejects with what it wrote when it ends before it is ready.
 */
export async function runEmulator(
  name: string,
  options: {
    /** Free ones by default. */
    readonly ports?: Ports
    readonly settings: (url: (name: string) => string) => Environment
    readonly secrets: Environment
    readonly environment: Environment
  },
): Promise<RunningEmulator> {
  const project = projectOf(name)
  const ports = options.ports ?? { functions: await freePort(), hub: await freePort(), logging: await freePort() }
  const url = (target: string): string => `http://127.0.0.1:${ports.functions}/${PROJECT}/${REGION}/${target}`
  writeFileSync(join(project, 'firebase.json'), configurationAt(ports))
  writeFileSync(join(project, '.env.local'), linesOf(options.settings(url)))
  writeFileSync(join(project, 'functions/.secret.local'), linesOf(options.secrets))

  const child = spawn(
    process.execPath,
    [join(repository, tools, 'node_modules/firebase-tools/lib/bin/firebase.js'), 'emulators:start', '--only', 'functions', '--project', PROJECT],
    {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        CI: '1',
        FIREBASE_CLI_DISABLE_UPDATE_CHECK: '1',
        METADATA_SERVER_DETECTION: 'none',
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // It starts a process for each function, which have to end with it.
      detached: true,
    },
  )
  const { pid } = child
  const end = (): void => void (pid !== undefined && process.kill(-pid, 'SIGKILL'))
  process.once('exit', end)
  const gone = once(child, 'close').finally(() => process.off('exit', end))
  let output = ''
  const ready = Promise.withResolvers<void>()
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => {})
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('All emulators ready')) ready.resolve()
      if (output.includes('Failed to start functions')) broken.reject(new Error(`A function did not load: ${output}`))
    })
  }
  await Promise.race([ready.promise, gone.then(() => Promise.reject(new Error(`The emulator ended: ${output}`)))])
  return {
    url,
    output: () => output,
    broken: broken.promise,
    stop: async () => {
      child.kill('SIGINT')
      await gone
    },
  }
}

interface Configuration {
  readonly functions: readonly { readonly [member: string]: unknown }[]
  readonly emulators: { readonly [name: string]: unknown }
}

interface Ports {
  readonly functions: number
  readonly hub: number
  readonly logging: number
}

function configurationAt(ports: Ports): string {
  const { functions, emulators } = JSON.parse(readFileSync(join(app, 'firebase.json'), 'utf8')) as Configuration
  const moved = Object.fromEntries(Object.entries<number>({ ...ports }).map(([name, port]) => [name, { host: '127.0.0.1', port }]))
  return JSON.stringify({
    functions: functions.map((each) => ({ ...each, source: 'functions', predeploy: [] })),
    emulators: { ...emulators, ...moved },
  })
}

function linesOf(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

async function freePort(): Promise<number> {
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
