import { afterAll, it } from 'vitest'
import { sharedEngine } from '../../../../tools/integration/shared-engine.ts'
import { findEmulator, startEmulator, type Engine } from './start-emulator.ts'

export interface Emulator {
  /** `host:port`, as `DATASTORE_EMULATOR_HOST` has it. */
  readonly address: string
}

/**
 * Registers the tests on the engine; where there can be none, one line that says why. The Firestore emulator is shared by all files: whoever tests has namespaces of their own. The
 * older one is this file's alone, because the more was ever written to it the slower it gets, a hundredfold after some files. With `consistency` 0 its queries see nothing that was
 * just written.
 */
export async function withEmulator(
  engine: Engine,
  name: string,
  register: (emulator: Emulator) => void | Promise<void>,
  { consistency = 1 }: { readonly consistency?: 0 | 1 } = {},
): Promise<void> {
  const found = await emulator(engine, consistency)
  if ('port' in found) return register({ address: `127.0.0.1:${found.port}` })
  it(`${name}: ${found.missing}`, ({ skip }) => skip(found.missing))
}

async function emulator(engine: Engine, consistency: 0 | 1): Promise<{ readonly port: number } | { readonly missing: string }> {
  const container = await globalThis.engineContainers?.[engine]?.({ consistency: String(consistency) })
  if (container !== undefined) return { port: container[0]! }
  const shared = engine === 'firestore' ? await sharedEngine(engine) : null
  if (shared !== null) return 'missing' in shared ? shared : { port: shared.ports[0]! }
  const found = findEmulator(engine)
  if ('missing' in found) return found
  const own = await startEmulator(engine, found.jar, { consistency })
  afterAll(() => own.stop())
  return own
}
