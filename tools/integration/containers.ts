// Runs in every test worker of `npm run test:integration`, before the test file: offers containers to the harnesses of the stores, and removes them after.
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, inject } from 'vitest'
import type { Store } from './choose-places.ts'

export type Engine = 'redis' | 'redis cluster' | 'dynamodb' | 'datastore' | 'firestore'

declare global {
  /** Starts an engine in a container of its own and answers with its ports on 127.0.0.1, one per node. Absent for what runs as a local process. */
  var engineContainers: Partial<Readonly<Record<Engine, (options: Readonly<Record<string, string>>) => Promise<readonly number[]>>>> | undefined
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The image of every store whose engines run in containers. */
    readonly engineImages: Partial<Readonly<Record<Store, string>>>
  }
}

/** What is used of testcontainers, which is installed on demand, so that the type check cannot look into it. */
interface Testcontainers {
  readonly GenericContainer: new (image: string) => Container
  readonly Wait: { forListeningPorts(): unknown; forLogMessage(line: RegExp, times: number): unknown; forHttp(path: string, port: number): unknown }
}
interface Container {
  withLabels(labels: Readonly<Record<string, string>>): this
  withCommand(command: readonly string[]): this
  withExposedPorts(...ports: (number | { readonly container: number; readonly host: number })[]): this
  withWaitStrategy(strategy: unknown): this
  withStartupTimeout(ms: number): this
  start(): Promise<Started>
}
interface Started {
  getMappedPort(port: number): number
  exec(command: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }>
  stop(): Promise<unknown>
}

const STARTUP_TIMEOUT_MS = 60_000
/** How to find what a killed run left. */
const LABELS = { 'sallyport.integration': 'true' }
const GOOGLE = '/google-cloud-sdk/platform'
/** For minutes of small requests on a few cores, as the local processes have it. */
const JAVA = ['java', '-Duser.language=en', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx384m', '-cp']
const images = inject('engineImages')
const running: Started[] = []

afterAll(async () => {
  await Promise.all(running.map((container) => container.stop()))
})

globalThis.engineContainers = {
  ...(images.redis === undefined ? {} : { redis: redis(images.redis), 'redis cluster': redisCluster(images.redis) }),
  ...(images.dynamodb === undefined ? {} : { dynamodb: dynamodb(images.dynamodb) }),
  ...(images.datastore === undefined ? {} : { datastore: datastore(images.datastore), firestore: firestore(images.datastore) }),
}

type Start = (options: Readonly<Record<string, string>>) => Promise<readonly number[]>

function redis(image: string): Start {
  return async (options) => {
    const { Wait } = await testcontainers()
    const flags = Object.entries({ ...options, bind: '0.0.0.0', 'protected-mode': 'no' }).flatMap(([name, value]) => [`--${name}`, value])
    return [await start(image, ['redis-server', ...flags], 6379, Wait.forLogMessage(/Ready to accept connections/, 1))]
  }
}

/**
 * Three masters in one container. A node tells clients where the others are, so each listens on the port that the machine maps to it, and 127.0.0.1 means the same nodes on both
 * sides.
 */
function redisCluster(image: string): Start {
  return async (options) => {
    const { GenericContainer, Wait } = await testcontainers()
    const ports = await freePorts(6)
    const nodes = ports.slice(0, 3)
    const commands = nodes.map((port, index) => {
      const flags = {
        ...options,
        bind: '0.0.0.0',
        'protected-mode': 'no',
        port,
        'cluster-enabled': 'yes',
        'cluster-port': ports[index + 3],
        'cluster-config-file': `nodes-${port}.conf`,
        'cluster-node-timeout': '2000',
        'cluster-announce-ip': '127.0.0.1',
      }
      return `redis-server ${Object.entries(flags)
        .map(([name, value]) => `--${name} '${value}'`)
        .join(' ')} &`
    })
    const container = await new GenericContainer(image)
      .withLabels(LABELS)
      .withCommand(['sh', '-c', `${commands.join(' ')} wait`])
      .withExposedPorts(...nodes.map((port) => ({ container: port, host: port })))
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/, 3))
      .withStartupTimeout(STARTUP_TIMEOUT_MS)
      .start()
    running.push(container)
    const addresses = nodes.map((port) => `127.0.0.1:${port}`)
    const created = await container.exec(['redis-cli', '--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'])
    if (created.exitCode !== 0) throw new Error(`the cluster could not be made:\n${created.output}`)
    for (const port of nodes) {
      const serves = async (): Promise<boolean> =>
        (await container.exec(['redis-cli', '-p', String(port), 'cluster', 'info'])).output.includes('state:ok')
      while (!(await serves()));
    }
    return nodes
  }
}

function dynamodb(image: string): Start {
  const command = [
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    '-inMemory',
    '-sharedDb',
    '-disableTelemetry',
    '-port',
    '8000',
  ]
  return async () => [await start(image, command, 8000, (await testcontainers()).Wait.forListeningPorts())]
}

function datastore(image: string): Start {
  const main = `${GOOGLE}/cloud-datastore-emulator/CloudDatastore.jar`
  return async ({ consistency = '1' }) => {
    const flags = ['--store_on_disk=false', `--consistency=${consistency}`, '--require_indexes', '/tmp']
    const command = [...JAVA, main, 'com.google.cloud.datastore.emulator.CloudDatastore', 'start', '--host=0.0.0.0', '--port=8081', ...flags]
    return [await start(image, command, 8081, (await testcontainers()).Wait.forHttp('/', 8081))]
  }
}

function firestore(image: string): Start {
  const main = `${GOOGLE}/cloud-firestore-emulator/cloud-firestore-emulator.jar`
  const java = [...JAVA, main, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore']
  const command = [...java, '--host=0.0.0.0', '--port=8081', '--database-mode=datastore-mode']
  return async () => [await start(image, command, 8081, (await testcontainers()).Wait.forHttp('/', 8081))]
}

async function start(image: string, command: readonly string[], port: number, ready: unknown): Promise<number> {
  const { GenericContainer } = await testcontainers()
  const container = await new GenericContainer(image)
    .withLabels(LABELS)
    .withCommand(command)
    .withExposedPorts(port)
    .withWaitStrategy(ready)
    .withStartupTimeout(STARTUP_TIMEOUT_MS)
    .start()
  running.push(container)
  return container.getMappedPort(port)
}

async function testcontainers(): Promise<Testcontainers> {
  // By a variable: where it is not installed, nothing that only reads this file may look for it.
  const name = 'testcontainers'
  return (await import(/* @vite-ignore */ name)) as Testcontainers
}

/** Held all at once, so that no two are the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
