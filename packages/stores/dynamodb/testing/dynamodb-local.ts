import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { it } from 'vitest'

/** DynamoDB's own emulator, in a process of its own. */
export interface DynamodbLocal {
  readonly endpoint: string
  readonly port: number
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const packageFolder = join(root, 'tools/dynamodb-local')
const emulator = join(packageFolder, 'node_modules/amplify-dynamodb-simulator/emulator')
/** Where no commit sees it and no installation removes it. */
const lock = join(root, 'node_modules/.dynamodb-local-installing')
const stamp = join(packageFolder, 'node_modules/.installed-lock')

/** Registers tests on an emulator of this file's own; where there can be none, one test that says loudly that they were skipped, and how to have them. */
export async function onDynamodbLocal(register: (local: DynamodbLocal) => void | Promise<void>): Promise<void> {
  const container = await globalThis.engineContainers?.dynamodb?.({})
  if (container !== undefined) return register(at(container[0]!))
  const missing = findMissing()
  if (missing === null) {
    await register(await startDynamodbLocal())
    return
  }
  const reason = `SKIPPED: everything on DynamoDB Local, because ${missing}`
  console.warn(reason)
  it.skipIf(missing !== null)(reason, () => {})
}

/** `null` when everything is there, the emulator's package after an installation on demand. */
function findMissing(): string | null {
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) {
    return 'there is no `java` on the PATH; install a Java runtime (Debian: default-jre-headless)'
  }
  if (!existsSync(stamp)) installOnce()
  return existsSync(stamp) ? null : 'its package could not be installed; run `node tools/install-on-demand.mjs tools/dynamodb-local`'
}

/** Test files run side by side: the first installs, the others wait for it. */
function installOnce(): void {
  const waiting = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(stamp)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
    } catch {
      if (isGone(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true })
      Atomics.wait(waiting, 0, 0, 500)
      continue
    }
    try {
      const installed = spawnSync(process.execPath, ['tools/install-on-demand.mjs', 'tools/dynamodb-local'], { cwd: root, stdio: 'inherit' })
      if (installed.status !== 0) return
    } finally {
      rmSync(lock, { force: true })
    }
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

/** Ready to be asked. Ends with this process, however that ends: the shell in between kills it when the pipe that this process holds is closed. */
export async function startDynamodbLocal(): Promise<DynamodbLocal> {
  for (let tries = 0; ; tries++) {
    const port = await freePort()
    const java = `java -Xms64m -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar -inMemory -sharedDb -disableTelemetry -port ${port}`
    const child = spawn('/bin/sh', ['-c', `${java} </dev/null >/dev/null 2>&1 & pid=$!; cat; kill -9 $pid`], {
      cwd: emulator,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.unref()
    process.once('exit', () => child.stdin.end())
    for (let waited = 0; waited < 200; waited++) {
      if (await answers(port)) return at(port)
      await pause(100)
    }
    child.stdin.end()
    if (tries === 2) throw new Error('DynamoDB Local did not start within 20 s')
  }
}

function at(port: number): DynamodbLocal {
  return { endpoint: `http://127.0.0.1:${port}`, port }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Fresh names for tables and prefixes. */
export function freshName(): string {
  return randomBytes(8).toString('hex')
}
