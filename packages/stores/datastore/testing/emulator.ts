import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, it } from 'vitest'

/** Google's two local engines: the older Datastore emulator (optimistic), and the Firestore emulator in Datastore mode (what Google runs today; pessimistic). */
export type Engine = 'datastore' | 'firestore'

export interface Emulator {
  /** `host:port`, as `DATASTORE_EMULATOR_HOST` has it. */
  readonly address: string
  stop(): Promise<void>
}

const PARTS: Record<Engine, { readonly jar: string; readonly component: string }> = {
  datastore: { jar: 'platform/cloud-datastore-emulator/CloudDatastore.jar', component: 'cloud-datastore-emulator' },
  firestore: { jar: 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar', component: 'cloud-firestore-emulator' },
}
const DATASTORE_MAIN = 'com.google.cloud.datastore.emulator.CloudDatastore'
const FIRESTORE_MAIN = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore'

/** Registers the tests on a fresh, empty engine, which ends with this process, however that ends; or one line that says why there are none. */
export async function withEmulator(
  engine: Engine,
  name: string,
  register: (emulator: Emulator) => void | Promise<void>,
  { consistency = 1 }: { readonly consistency?: 0 | 1 } = {},
): Promise<void> {
  const container = await globalThis.engineContainers?.[engine]?.({ consistency: String(consistency) })
  if (container !== undefined) return register({ address: `127.0.0.1:${container[0]}`, stop: async () => {} })
  const jar = findJar(PARTS[engine].jar)
  if (jar !== null && hasJava()) {
    const emulator = await startEmulator(engine, jar, consistency)
    afterAll(() => emulator.stop())
    return register(emulator)
  }
  const reason = `SKIPPED: ${name}. Google's ${engine} emulator or Java is not here: gcloud components install ${PARTS[engine].component}; apt-get install default-jre-headless`
  process.stderr.write(`\n${reason}\n`)
  it(reason, ({ skip }) => skip(reason))
}

async function startEmulator(engine: Engine, jar: string, consistency: number): Promise<Emulator> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-datastore-'))
  const at = ['--host=127.0.0.1', `--port=${port}`]
  const java = ['-Duser.language=en', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx384m', '-cp', jar]
  const main =
    engine === 'datastore'
      ? // With required indexes a query that would need an index.yaml fails: none does.
        [DATASTORE_MAIN, 'start', ...at, '--store_on_disk=false', `--consistency=${consistency}`, '--require_indexes', directory]
      : [FIRESTORE_MAIN, ...at, '--database-mode=datastore-mode']
  // The shell waits for the end of our pipe, which comes also when this process is killed, and takes the engine with it.
  const watch = '"$@" >/dev/null 2>&1 & child=$!; cat >/dev/null; kill -9 $child; rm -rf "$0"'
  const shell = spawn('/bin/sh', ['-c', watch, directory, 'java', ...java, ...main], { stdio: ['pipe', 'ignore', 'inherit'] })
  await ready(port)
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      shell.stdin.end()
      await once(shell, 'exit')
    },
  }
}

async function ready(port: number): Promise<void> {
  const end = performance.now() + 25_000
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null)
    if (response?.ok) return
    if (performance.now() > end) throw new Error('the emulator did not start within 25 s')
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
}

/** Beside the `gcloud` on the path, or where gcloud says that it is installed. */
function findJar(jar: string): string | null {
  const gcloud = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'gcloud'))
    .find((file) => existsSync(file))
  if (gcloud === undefined) return null
  const beside = join(dirname(dirname(realpathSync(gcloud))), jar)
  if (existsSync(beside)) return beside
  const root = execFileSync(gcloud, ['info', '--format=value(installation.sdk_root)'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
  return existsSync(join(root, jar)) ? join(root, jar) : null
}

function hasJava(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
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
