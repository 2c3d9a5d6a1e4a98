import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, vi } from 'vitest'

/** For the tests of a file: a Datastore that takes every connection and says nothing, and an environment of this and nothing else of Sallyport's. */
export function onSilentDatastore(environment: { readonly [name: string]: string }): void {
  const connections = new Set<Socket>()
  let server: Server
  beforeAll(async () => {
    server = createServer((socket) => void connections.add(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    for (const name of Object.keys(process.env).filter((each) => each.startsWith('SALLYPORT_'))) vi.stubEnv(name, undefined)
    const { port } = server.address() as AddressInfo
    for (const [name, value] of Object.entries({ DATASTORE_EMULATOR_HOST: `127.0.0.1:${port}`, ...environment })) vi.stubEnv(name, value)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    for (const socket of connections) socket.destroy()
    server.close()
  })
}
