import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Instant, Stores } from '@sallyport/core'

export type ToWorker =
  | { readonly id: number; readonly do: 'open'; readonly path: string; readonly now: Instant }
  | { readonly id: number; readonly do: 'write'; readonly name: string; readonly users: number }
  | { readonly id: number; readonly do: 'call'; readonly port: string; readonly method: string; readonly values: readonly unknown[] }

type WithoutId<M> = M extends unknown ? Omit<M, 'id'> : never
type Message = WithoutId<ToWorker>

export type ToParent =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: string } | { readonly acknowledged: string }

/** The stores of another process. */
export interface ProcessStores extends Pick<Stores, 'users' | 'sessions' | 'oneTimeTokens' | 'keys'> {
  open(path: string, now: Instant): Promise<unknown>
  /** Runs the mixed load of the worker; `acknowledged` hears of each write that reached the disk. */
  write(name: string, users: number, acknowledged?: (write: string) => void): Promise<unknown>
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
}

export interface ProcessOptions {
  /** The largest file the process may write, in kibibytes: a disk that is full, for this process. */
  readonly fileLimitKib?: number
}

/** Starts a process with this package's sources loaded and no database open yet. */
export async function processStores({ fileLimitKib }: ProcessOptions = {}): Promise<ProcessStores> {
  const node = ['--conditions=sallyport-source']
  // `ulimit -f` counts blocks of 512 bytes (POSIX sh).
  const limited = ['-c', `ulimit -f ${2 * (fileLimitKib ?? 0)}; exec "$0" "$@"`, process.execPath, ...node]
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
    ...(fileLimitKib === undefined ? { execArgv: node } : { execPath: '/bin/sh', execArgv: limited }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let heard: (write: string) => void = () => {}
  child.on('message', (message: ToParent) => {
    if ('acknowledged' in message) heard(message.acknowledged)
    else if ('failure' in message) waiting.get(message.id)?.reject(new Error(message.failure))
    else waiting.get(message.id)?.resolve(message.result)
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process is gone'))
  })
  await new Promise<void>((resolve) => {
    heard = () => resolve()
  })

  let ids = 0
  function tell(message: Message): Promise<unknown> {
    const id = ++ids
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer)
    child.send({ id, ...message })
    return answer.promise.finally(() => waiting.delete(id))
  }
  const port = (name: string): never =>
    new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...values: readonly unknown[]) =>
            tell({ do: 'call', port: name, method: String(method), values }),
      },
    ) as never

  return {
    users: port('users'),
    sessions: port('sessions'),
    oneTimeTokens: port('oneTimeTokens'),
    keys: port('keys'),
    open: (path, now) => tell({ do: 'open', path, now }),
    write(name, users, acknowledged = () => {}) {
      heard = acknowledged
      return tell({ do: 'write', name, users })
    },
    kill: () => killed(child),
  }
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
