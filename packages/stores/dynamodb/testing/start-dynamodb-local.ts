import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const packageFolder = join(root, 'tools/dynamodb-local')
const emulator = join(packageFolder, 'node_modules/amplify-dynamodb-simulator/emulator')
/** Where no commit sees it and no installation removes it. */
const lock = join(root, 'node_modules/.dynamodb-local-installing')
const stamp = join(packageFolder, 'node_modules/.installed-lock')
/** What is missing and how to get it; `null` when everything is there, the emulator's package after an installation on demand. */
export async function missingDynamodbLocal(): Promise<string | null> {
  if (!(await succeeds('java', ['-version'], 'ignore'))) {
    return 'DynamoDB Local needs `java` on the PATH: apt-get install default-jre-headless'
  }
  if (!existsSync(stamp)) await installOnce()
  return existsSync(stamp) ? null : 'The package of DynamoDB Local could not be installed: node tools/install-on-demand.mjs tools/dynamodb-local'
}

/** Processes run side by side: the first installs, the others wait for it. */
async function installOnce(): Promise<void> {
  while (!existsSync(stamp)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
    } catch {
      if (isGone(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true })
      await pause(500)
      continue
    }
    try {
      if (!(await succeeds(process.execPath, ['tools/install-on-demand.mjs', 'tools/dynamodb-local'], 'inherit'))) return
    } finally {
      rmSync(lock, { force: true })
    }
  }
}

/** Without blocking: the process that asks may be the one that all test workers report to. */
async function succeeds(command: string, parameters: readonly string[], stdio: 'ignore' | 'inherit'): Promise<boolean> {
  const child = spawn(command, parameters, { cwd: root, stdio })
  const [code] = (await once(child, 'exit').catch(() => [null])) as readonly [number | null]
  return code === 0
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

/** Ready to be asked. Ends with `stop` or with this process, however that ends: the shell in between kills it when the pipe that this process holds is closed. */
export async function startDynamodbLocal(javaFlags: readonly string[] = []): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  for (let tries = 0; ; tries++) {
    const port = await freePort()
    const java = `java -Xms64m ${javaFlags.join(' ')} -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar -inMemory -sharedDb -disableTelemetry -port ${port}`
    const child = spawn('/bin/sh', ['-c', `${java} </dev/null >/dev/null 2>&1 & pid=$!; cat; kill -9 $pid`], {
      cwd: emulator,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.unref()
    const stop = async (): Promise<void> => {
      const gone = once(child, 'exit')
      child.stdin.end()
      await gone
    }
    for (let waited = 0; waited < 200; waited++) {
      if (await answers(port)) return { port, stop }
      await pause(100)
    }
    await stop()
    if (tries === 2) throw new Error('DynamoDB Local did not start within 20 s')
  }
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
