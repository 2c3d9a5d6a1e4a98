// Vitest's global set-up: starts each engine for the first test file that asks for it, and ends all of them with the run. A run that needs none starts none.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findEmulator, startEmulator } from '../../packages/stores/datastore/testing/start-emulator.ts'
import { missingDynamodbLocal, startDynamodbLocal } from '../../packages/stores/dynamodb/testing/start-dynamodb-local.ts'
import { missingRedis, redisCluster } from '../../packages/stores/redis/testing/redis-server.ts'
import { BROKER, SHARED_ENGINES, type Offer, type SharedEngine } from './shared-engine.ts'

/** For minutes of small requests on few cores, as Google's emulators have them: the second compiler would cost more than it saves. */
const JAVA_FLAGS = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

interface Running {
  readonly offer: Offer
  stop(): Promise<unknown>
}

const START: Readonly<Record<SharedEngine, () => Promise<Running>>> = {
  dynamodb: async () => {
    const missing = await missingDynamodbLocal()
    return missing === null ? running(await startDynamodbLocal(JAVA_FLAGS)) : absent(missing)
  },
  firestore: async () => {
    const found = findEmulator('firestore')
    return 'missing' in found ? absent(found.missing) : running(await startEmulator('firestore', found.jar))
  },
  'redis cluster': async () => {
    const missing = missingRedis()
    if (missing !== null) return absent(missing)
    const nodes = await redisCluster()
    return { offer: { ports: nodes.map(({ port }) => port) }, stop: () => Promise.all(nodes.map((node) => node.remove())) }
  },
}

/** Resolves with what ends the engines. */
export async function setup(): Promise<() => Promise<void>> {
  const started = new Map<SharedEngine, Promise<Running>>()

  async function offer(name: string, response: ServerResponse): Promise<void> {
    const engine = SHARED_ENGINES.find((each) => each === name)
    if (engine === undefined) return void response.writeHead(404).end(`there is no engine ${name}`)
    const starting = started.get(engine) ?? START[engine]()
    started.set(engine, starting)
    try {
      response.end(JSON.stringify((await starting).offer))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  }
  const server = createServer((request, response) => void offer(decodeURIComponent(request.url?.slice(1) ?? ''), response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  process.env[BROKER] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return async () => {
    server.close()
    server.closeAllConnections()
    await Promise.allSettled([...started.values()].map(async (starting) => (await starting).stop()))
  }
}

function running({ port, stop }: { readonly port: number; readonly stop: () => Promise<void> }): Running {
  return { offer: { ports: [port] }, stop }
}

function absent(missing: string): Running {
  return { offer: { missing }, stop: async () => {} }
}
