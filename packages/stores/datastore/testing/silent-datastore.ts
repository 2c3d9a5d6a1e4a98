import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

export interface SilentDatastore {
  /** For `DATASTORE_EMULATOR_HOST`. */
  readonly address: string
  close(): void
}

/** A Datastore that takes every connection and says nothing. */
export async function silentDatastore(): Promise<SilentDatastore> {
  const connections = new Set<Socket>()
  const server = createServer((socket) => void connections.add(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of connections) socket.destroy()
      server.close()
    },
  }
}
