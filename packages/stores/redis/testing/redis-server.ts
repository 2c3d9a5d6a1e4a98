import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sharedEngine } from '../../../../tools/integration/shared-engine.ts'

/** A redis-server of its own, as a process. */
export interface RedisServer {
  readonly port: number
  /** Sends a signal to the server itself. */
  signal(name: NodeJS.Signals): void
  /** `kill -9`; the files stay. */
  kill(): Promise<void>
  /** Starts it again on the same port and files, after `kill`. */
  start(): Promise<void>
  /** Kills it and removes its files. Twice: the same. */
  remove(): Promise<void>
}

export type RedisConfig = Readonly<Record<string, string>>

/** Nothing on disk: most tests need none. */
const DEFAULTS: RedisConfig = { bind: '127.0.0.1', save: '', appendonly: 'no', 'repl-diskless-sync-delay': '0' }

/**
 * The shell stays between: it kills the server when its standard input ends, which it does however this process dies. The server's own process id is its first line.
 */
const WATCHED = 'exec 3<&0; redis-server "$@" 2>&1 3<&- & pid=$!; echo $pid; (read -r _ <&3; kill -9 $pid) >/dev/null 2>&1 & wait $pid'

const ATTEMPTS = 5

const run = promisify(execFile)

/** What is missing and how to get it; `null` when nothing is. */
export function missingRedis(): string | null {
  if (globalThis.engineContainers?.redis !== undefined) return null
  const isThere = spawnSync('redis-server', ['--version']).status === 0 && spawnSync('redis-cli', ['--version']).status === 0
  return isThere ? null : 'There is no redis-server or no redis-cli on the PATH: apt-get install redis-server'
}

export async function redisServer(config: RedisConfig = {}): Promise<RedisServer> {
  const container = await globalThis.engineContainers?.redis?.({ ...DEFAULTS, ...config })
  if (container !== undefined) return elsewhere(container[0]!)
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-redis-'))
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const options = {
      ...DEFAULTS,
      ...config,
      dir: directory,
      port: String(port),
      ...(config['cluster-enabled'] === 'yes' ? await clusterPort() : {}),
    }
    try {
      const running = { current: await launch(options) }
      return {
        port,
        signal: (name) => void process.kill(running.current.pid, name),
        kill: () => stop(running.current),
        start: async () => {
          running.current = await launch(options)
        },
        remove: async () => {
          await stop(running.current)
          rmSync(directory, { recursive: true, force: true })
        },
      }
    } catch (error) {
      // Somebody else took the port between looking and listening.
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/** The three masters that all files of the run use, each under prefixes of its own; outside of such a run a cluster of this file's. */
export async function sharedRedisCluster(): Promise<readonly RedisServer[]> {
  const shared = globalThis.engineContainers === undefined ? await sharedEngine('redis cluster') : null
  if (shared === null) return redisCluster()
  if ('missing' in shared) throw new Error(shared.missing)
  return shared.ports.map(elsewhere)
}

/** Three masters that share the slots. */
export async function redisCluster(config: RedisConfig = {}): Promise<readonly RedisServer[]> {
  const container = await globalThis.engineContainers?.['redis cluster']?.({ ...DEFAULTS, ...config })
  if (container !== undefined) return container.map(elsewhere)
  const nodes = await Promise.all([1, 2, 3].map(() => redisServer({ ...config, 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' })))
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'])
  // They agree by now on who has which slots, and take a moment more to serve them.
  for (const { port } of nodes) {
    while (!(await run('redis-cli', ['-p', String(port), 'cluster', 'info'])).stdout.includes('cluster_state:ok')) await setTimeout(20)
  }
  return nodes
}

/** In a container or shared: the runner of the tests removes it. What befalls a server is tested on a process of one's own. */
function elsewhere(port: number): RedisServer {
  const onlyOwn = (): never => {
    throw new Error('a server in a container or of all files is not signalled, killed or started again: run this test on a process of its own')
  }
  return { port, signal: onlyOwn, kill: onlyOwn, start: onlyOwn, remove: async () => {} }
}

interface Running {
  readonly shell: ChildProcess
  readonly pid: number
}

async function launch(options: RedisConfig): Promise<Running> {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const shell = spawn('/bin/sh', ['-c', WATCHED, 'redis', ...flags], { stdio: ['pipe', 'pipe', 'ignore'] })
  let pid = 0
  const said: string[] = []
  for await (const line of createInterface({ input: shell.stdout })) {
    if (pid === 0) pid = Number(line)
    else said.push(line)
    if (line.includes('Ready to accept connections')) {
      shell.stdout.resume()
      return { shell, pid }
    }
  }
  shell.stdin.end()
  throw new Error(`redis-server did not start:\n${said.slice(-5).join('\n')}`)
}

async function stop({ shell }: Running): Promise<void> {
  if (shell.exitCode !== null || shell.signalCode !== null) return
  const gone = once(shell, 'exit')
  shell.stdin?.end()
  await gone
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

/** Named, because the usual one is ten thousand above the port, which may not exist. */
async function clusterPort(): Promise<RedisConfig> {
  return { 'cluster-port': String(await freePort()) }
}
