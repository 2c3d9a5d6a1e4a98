import { InvariantError } from '@sallyport/core'
import type { Worker } from 'node:worker_threads'

export interface BcryptPool {
  /**
   * Never called more often at once than the gate lets through, so a thread is idle or may be started.
   * @throws InvariantError (`invariant`) when two threads in turn failed.
   */
  hash(input: string, setting: string): Promise<string>
  /** Ends all threads. Twice: the same. */
  close(): Promise<void>
}

/** Not loaded before the first bcrypt hash: who has only argon2id hashes never pays for it. */
const startBcryptWorker = async (): Promise<Worker> => {
  const [{ Worker }, { bcryptWorkerSource }] = await Promise.all([import('node:worker_threads'), import('./bcrypt-worker-source.ts')])
  // Nothing of the application belongs in that thread: not its loaders, not its environment with the secrets in it.
  return new Worker(bcryptWorkerSource, { eval: true, name: 'sallyport-bcrypt', execArgv: [], env: {} })
}

/**
 * bcryptjs holds its thread for as long as a hash takes; on the main thread eight logins would stop every other request for half a second and more.
 * Threads start when first needed, keep no process alive while idle, and are replaced when they die.
 */
export const bcryptPool = ({ start = startBcryptWorker }: { readonly start?: () => Promise<Worker> } = {}): BcryptPool => {
  const workers = new Set<Worker>()
  const idle = new Set<Worker>()

  const open = async (): Promise<Worker> => {
    const worker = await start()
    workers.add(worker)
    worker.on('error', () => undefined) // A thread that dies idle must not take the process along; a job under way listens for itself.
    worker.once('exit', () => {
      workers.delete(worker)
      idle.delete(worker)
    })
    return worker
  }

  const acquire = async (): Promise<Worker> => {
    const [worker] = idle
    if (worker === undefined) return open()
    idle.delete(worker)
    return worker
  }

  const run = async (input: string, setting: string): Promise<string> => {
    const worker = await acquire()
    worker.ref()
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const onMessage = ({ hash, failure }: { readonly hash?: string; readonly failure?: string }): void => {
      idle.add(worker)
      if (hash === undefined) reject(new Error(failure))
      else resolve(hash)
    }
    const onExit = (code: number): void => reject(new Error(`The bcrypt thread ended with code ${code}`))
    worker.once('message', onMessage).once('error', reject).once('exit', onExit)
    worker.postMessage({ input, setting })
    try {
      return await promise
    } finally {
      worker.off('message', onMessage).off('error', reject).off('exit', onExit)
      worker.unref()
    }
  }

  return {
    async hash(input, setting) {
      try {
        return await run(input, setting).catch(() => run(input, setting))
      } catch (cause) {
        throw new InvariantError('bcrypt failed', { cause })
      }
    },

    async close() {
      await Promise.all([...workers].map((worker) => worker.terminate()))
    },
  }
}
