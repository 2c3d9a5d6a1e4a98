import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Stores } from '@sallyport/core'
import { TABLE_NAME, type TransportName } from './transports.ts'

export interface ToWorker {
  readonly id: number
  readonly port: keyof Stores
  readonly method: string
  readonly values: readonly unknown[]
}

export type ToParent = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: string }

/** The stores of another process. */
export interface ProcessStores extends Omit<Stores, 'close'> {
  kill(): Promise<void>
}

/** Starts a process with connections of its own. */
export async function processStores(endpoint: string, keyPrefix: string, transport: TransportName): Promise<ProcessStores> {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [endpoint, TABLE_NAME, keyPrefix, transport], {
    execArgv: ['--conditions=sallyport-source'],
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', (message: ToParent) => {
    const answer = waiting.get(message.id)
    if ('failure' in message) answer?.reject(new Error(message.failure))
    else answer?.resolve(message.result)
  })
  await once(child, 'message')

  let ids = 0
  function tell(message: Omit<ToWorker, 'id'>): Promise<unknown> {
    const id = ++ids
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer)
    child.send({ id, ...message })
    return answer.promise
  }
  const port = (name: keyof Stores): never =>
    new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...values: readonly unknown[]) =>
            tell({ port: name, method: String(method), values }),
      },
    ) as never

  return {
    users: port('users'),
    sessions: port('sessions'),
    oneTimeTokens: port('oneTimeTokens'),
    counters: port('counters'),
    keys: port('keys'),
    async kill() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
