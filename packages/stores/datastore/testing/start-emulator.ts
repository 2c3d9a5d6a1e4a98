import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** Google's two local engines: the older Datastore emulator (optimistic), and the Firestore emulator in Datastore mode (what Google runs today; pessimistic). */
export type Engine = 'datastore' | 'firestore'

const PARTS: Record<Engine, { readonly jar: string; readonly component: string }> = {
  datastore: { jar: 'platform/cloud-datastore-emulator/CloudDatastore.jar', component: 'cloud-datastore-emulator' },
  firestore: { jar: 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar', component: 'cloud-firestore-emulator' },
}
const DATASTORE_MAIN = 'com.google.cloud.datastore.emulator.CloudDatastore'
const FIRESTORE_MAIN = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore'

/** Its jar; or what is missing and how to get it. */
export function findEmulator(engine: Engine): { readonly jar: string } | { readonly missing: string } {
  const { jar, component } = PARTS[engine]
  const found = findJar(jar)
  if (found !== null && spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0) return { jar: found }
  return { missing: `Google's ${engine} emulator or Java is not here: gcloud components install ${component}; apt-get install default-jre-headless` }
}

/** Fresh and empty. Ends with `stop` or with this process, however that ends. */
export async function startEmulator(
  engine: Engine,
  jar: string,
  { consistency = 1 }: { readonly consistency?: 0 | 1 } = {},
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
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
    port,
    stop: async () => {
      const gone = once(shell, 'exit')
      shell.stdin.end()
      await gone
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
