/**
 * The thread in which bcrypt runs: one job at a time, because the gate never hands out more jobs than there are threads.
 * It is not loaded from this file. `generate.ts` bundles it with bcryptjs into `src/bcrypt-worker-source.ts`.
 */
import { hashSync } from 'bcryptjs'
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', ({ input, setting }: { readonly input: string; readonly setting: string }) => {
  try {
    parentPort?.postMessage({ hash: hashSync(input, setting) })
  } catch (error) {
    parentPort?.postMessage({ failure: error instanceof Error ? error.message : 'unknown' })
  }
})
