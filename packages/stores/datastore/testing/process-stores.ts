import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Stores } from '@sallyport/core'
import { PROJECT } from './emulator-harness.ts'

export interface ToWorker {
  readonly id: number
  readonly port: Exclude<keyof Stores, 'close'>
  readonly method: string
  readonly values: readonly unknown[]
}

export type ToParent = 'ready' | { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: string }

/** The stores of another process, connected; `close` ends it. */
export async function processStores({ address, namespace }: { readonly address: string; readonly namespace: string }): Promise<Stores> {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [PROJECT, namespace], {
    execArgv: ['--conditions=sallyport-source'],
    env: { ...process.env, DATASTORE_EMULATOR_HOST: address },
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<void>()
  child.on('message', (message: ToParent) => {
    if (message === 'ready') ready.resolve()
    else if ('failure' in message) waiting.get(message.id)?.reject(new Error(message.failure))
    else waiting.get(message.id)?.resolve(message.result)
  })
  child.on('exit', () => {
    const gone = new Error('the process is gone')
    ready.reject(gone)
    for (const { reject } of waiting.values()) reject(gone)
  })
  await ready.promise

  let ids = 0
  const port = (name: ToWorker['port']): never =>
    new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...values: readonly unknown[]) => {
            const answer = Promise.withResolvers<unknown>()
            const id = ++ids
            waiting.set(id, answer)
            child.send({ id, port: name, method: String(method), values } satisfies ToWorker)
            return answer.promise.finally(() => waiting.delete(id))
          },
      },
    ) as never

  return {
    users: port('users'),
    sessions: port('sessions'),
    oneTimeTokens: port('oneTimeTokens'),
    counters: port('counters'),
    keys: port('keys'),
    async close() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
