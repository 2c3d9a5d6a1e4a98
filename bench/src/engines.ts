import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { EngineName, EngineReady } from './servers/engine.ts'

/** The engine in a process of its own, for as long as the work takes; `missing` is told why there is none. */
export async function withEngine<Result>(
  name: EngineName,
  { present, missing }: { readonly present: (port: number) => Promise<Result>; readonly missing: (reason: string) => Result },
): Promise<Result> {
  const file = fileURLToPath(new URL('servers/engine.ts', import.meta.url))
  // Its words go to stderr: what the run prints is the table.
  const child = spawn(process.execPath, ['--conditions=sallyport-source', file, name], { stdio: ['ignore', 2, 2, 'ipc'] })
  const died = once(child, 'exit').then(() => {
    throw new Error(`The engine "${name}" ended`)
  })
  died.catch(() => undefined)
  try {
    const [ready] = (await Promise.race([once(child, 'message'), died])) as [EngineReady]
    return 'missing' in ready ? missing(ready.missing) : await Promise.race([present(ready.port), died])
  } finally {
    if (child.connected) child.disconnect()
  }
}
