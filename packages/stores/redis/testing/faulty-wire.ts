import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * - `before`: the connection breaks before the command reaches Redis. `lost`: it breaks after Redis has done it, and the answer is gone.
 * - `slow`: the answer comes 60 ms late. Any other text: Redis does nothing, and the client reads this as its answer.
 */
export type Fault = 'before' | 'lost' | 'slow' | `-${string}`

/** A relay between a client and Redis that breaks what it is told to break. Handshakes of new connections pass. */
export interface FaultyWire {
  readonly port: number
  /** Befalls the next command, after letting `skip` of them pass. */
  next(fault: Fault, skip?: number): void
  /** From now on connections break and new ones are refused, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
  /** From now on nothing passes any more, in any direction, on any connection, until `flow`. */
  hang(): void
  flow(): void
  /** Commands that reached the wire, by name; handshakes are not counted. */
  readonly commands: string[]
  close(): Promise<void>
}

const COMMAND = /^\*\d+\r\n\$\d+\r\n(evalsha|eval|get|mget|del|hgetall|zrange|ping)\r\n/i
const SLOW_MS = 60

export async function faultyWire(redisPort: number): Promise<FaultyWire> {
  const clients = new Set<Socket>()
  const commands: string[] = []
  let planned: { readonly fault: Fault; skip: number } | null = null
  let hanging = false

  function due(): Fault | null {
    if (planned === null || planned.skip-- > 0) return null
    const { fault } = planned
    planned = null
    return fault
  }

  function relay(client: Socket): void {
    const redis = connect(redisPort, '127.0.0.1')
    let mute = false
    let lateUntil = 0
    clients.add(client)
    const end = (): void => {
      clients.delete(client)
      client.destroy()
      redis.destroy()
    }
    for (const socket of [client, redis]) socket.on('error', end).on('close', end)
    redis.on('data', (answer: Buffer) => {
      if (hanging) return
      if (mute) return end()
      if (performance.now() < lateUntil) setTimeout(() => client.write(answer), SLOW_MS)
      else client.write(answer)
    })
    client.on('data', (sent: Buffer) => {
      const name = COMMAND.exec(sent.toString('latin1'))?.[1]?.toLowerCase()
      if (name !== undefined) commands.push(name)
      if (hanging) return
      const fault = name === undefined ? null : due()
      if (fault === 'before') return end()
      if (fault === 'lost') mute = true
      if (fault === 'slow') lateUntil = performance.now() + SLOW_MS
      if (fault?.startsWith('-') === true) client.write(`${fault}\r\n`)
      else redis.write(sent)
    })
  }

  const server = createServer(relay)
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const down = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const client of clients) client.destroy()
    await closed
  }
  return {
    port,
    commands,
    next: (fault, skip = 0) => {
      planned = { fault, skip }
    },
    down,
    up: async () => void (await listen(port)),
    hang: () => {
      hanging = true
    },
    flow: () => {
      hanging = false
    },
    close: async () => {
      if (server.listening) await down()
    },
  }
}
